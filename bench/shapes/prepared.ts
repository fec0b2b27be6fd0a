import { createHash } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { copyRepository, git, gitReading, initBare, refsOf } from '../git.ts';
import { DELETED, REWRITTEN, type Work } from '../works.ts';
import type { Shape } from './shapes.ts';

/** Changes when what is generated changes: what an older version has made is made anew. */
const VERSION = 1;

/** How many commits behind a mirror is that was put into an image some time ago. */
const STALE_COMMITS = 1000;

/** The states of one repository. Nobody changes them: who wants to, takes a copy. */
export interface Prepared {
  /** Both sides before the change. */
  before: string;
  /** As a mirror was `STALE_COMMITS` ago. */
  stale: string;
  empty: string;
  /** The source after a work. */
  after: (work: Work) => Promise<string>;
}

/** Makes what is not there yet in `cache`. */
export async function prepareShape(shape: Shape, scale: number, cache: string): Promise<Prepared> {
  const folder = join(cache, `${shape.key ?? shape.name}-${scale}-v${VERSION}`);
  const [before, stale, empty] = ['before.git', 'stale.git', 'empty.git'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await once(join(folder, 'made'), async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await initBare(before);
    await shape.fill(before, scale);
    await addOwnBranches(before);
    // As a server has it after its own maintenance: one pack, with a bitmap.
    await git(before, 'repack', '-adfq');
    await git(before, 'pack-refs', '--all');
    await initBare(empty);
    await makeStale(before, stale);
  });
  const after = async (work: Work): Promise<string> => {
    const source = join(folder, `after-${work.name}.git`);
    await once(`${source}.made`, async () => {
      await rm(source, { recursive: true, force: true });
      await copyRepository(before, source);
      await work.change(source);
    });
    return source;
  };
  return { before, stale, empty, after };
}

/** A shape of somebody's own repository. */
export async function shapeOf(path: string): Promise<Shape> {
  const refs = await git(path, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags');
  if (refs === '') throw new Error(`${path} has no branches and no tags: expected a git repository with commits`);
  const head = await git(path, 'symbolic-ref', '-q', 'HEAD').catch(() => 'detached');
  if (!refs.endsWith(` ${head}`) && !refs.includes(` ${head}\n`)) {
    throw new Error(
      `HEAD of ${path} is ${head === 'detached' ? head : `${head}, which has no commits`}: expected a branch with commits, on which the bench does its work; git -C ${path} symbolic-ref HEAD refs/heads/NAME names one`,
    );
  }
  return {
    name: 'yours',
    // Another repository, or this one at another time, is made anew.
    key: `yours-${createHash('sha256').update(`${head}\n${refs}`).digest('hex').slice(0, 16)}`,
    what: () => basename(path),
    works: ['nothing', 'commit', 'hundred', 'first'],
    async fill(repository) {
      const all = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
      await git(repository, 'fetch', '--quiet', '--no-write-fetch-head', path, ...all);
      await git(repository, 'symbolic-ref', 'HEAD', head);
    },
  };
}

async function addOwnBranches(repository: string): Promise<void> {
  const head = await git(repository, 'rev-parse', 'HEAD');
  for (const name of [DELETED, REWRITTEN]) await git(repository, 'update-ref', name, head);
}

/** The default branch as it was, and all refs whose commits were there by then. */
async function makeStale(before: string, stale: string): Promise<void> {
  await initBare(stale);
  const count = Number(await git(before, 'rev-list', '--count', '--first-parent', 'HEAD'));
  const cut = await git(before, 'rev-parse', `HEAD~${Math.min(STALE_COMMITS, count - 1)}`);
  const branch = await git(before, 'symbolic-ref', 'HEAD');
  await git(stale, 'symbolic-ref', 'HEAD', branch);
  await git(stale, 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', before, `${cut}:${branch}`);
  const old = await git(before, 'for-each-ref', '--format=create %(refname) %(objectname)', `--merged=${cut}`);
  if (old === '') return;
  // Annotated tags are objects of their own.
  const tags = [...(await refsOf(before))].filter(([name]) => old.includes(`create ${name} `)).map(([name]) => name);
  await gitReading(
    stale,
    tags.map((name) => `${name}:${name}\n`).join(''),
    'fetch',
    '--quiet',
    '--no-write-fetch-head',
    '--stdin',
    before,
  );
}

/** Does it if the note that it was done is not there. */
async function once(note: string, work: () => Promise<void>): Promise<void> {
  const made = await stat(note).catch(() => undefined);
  if (made) return;
  await work();
  await writeFile(note, '');
}
