import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './git.ts';

/** Refs of one push: what CodeCommit takes at most. */
const REFS_PER_PUSH = 4000;

/** A repository on this machine that can be pushed from, and what of it is pushed. */
export interface Seed {
  path: string;
  /** All branches and tags; the branch of its HEAD goes first, and so becomes the default. */
  refspecs: string[];
  branches: number;
  tags: number;
}

/** Works with a repository that is given by path or URL. `signal` ends a clone of it. */
export async function withSeed<T>(from: string, work: (seed: Seed) => Promise<T>, signal?: AbortSignal): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-seed-'));
  try {
    const path = existsSync(from) ? from : join(scratch, 'mirror.git');
    if (path !== from) await git(['clone', '--quiet', '--mirror', '--', from, path], {}, signal);
    return await work(await readSeed(path));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readSeed(path: string): Promise<Seed> {
  const inside = await git(['-C', path, 'rev-parse', '--is-shallow-repository']).catch(() => undefined);
  if (inside === undefined)
    throw new Error(`"${path}" is not a git repository: expected the path or URL of one (--from)`);
  if (inside.trim() === 'true') {
    throw new Error(
      `"${path}" is a shallow clone: a source needs its whole history; run "git fetch --unshallow" there first`,
    );
  }
  const refspecs = await refspecsOf(path);
  if (refspecs.length === 0) throw new Error(`"${path}" has no branches and no tags: commit something first`);
  const tags = refspecs.filter((spec) => spec.includes(':refs/tags/')).length;
  return { path, refspecs, branches: refspecs.length - tags, tags };
}

/** Pushes it into the look-alike with stock git. False if that had all of it already: then no trigger has fired. */
export async function pushSeed(
  { path, refspecs }: Seed,
  to: { url: string; env: Record<string, string> },
  signal?: AbortSignal,
): Promise<boolean> {
  let pushed = false;
  for (let at = 0; at < refspecs.length; at += REFS_PER_PUSH) {
    const some = refspecs.slice(at, at + REFS_PER_PUSH);
    const output = await git(['-C', path, 'push', '--porcelain', to.url, ...some], to.env, signal);
    pushed ||= /^[*+\- ]\t/m.test(output);
  }
  return pushed;
}

/** Branches (those that only a remote has, too: a fresh clone has but one of its own) and tags, HEAD's first. */
async function refspecsOf(path: string): Promise<string[]> {
  const list = await git([
    '-C',
    path,
    'for-each-ref',
    '--format=%(refname) %(symref)',
    'refs/heads',
    'refs/tags',
    'refs/remotes/origin',
  ]);
  const refs = list
    .split('\n')
    .filter((line) => line !== '' && line.endsWith(' '))
    .map((line) => line.trimEnd());
  const own = new Set(refs);
  const head = (await git(['-C', path, 'symbolic-ref', '--quiet', 'HEAD']).catch(() => '')).trim();
  const specs = refs.flatMap((ref) => {
    if (!ref.startsWith('refs/remotes/origin/')) return [`+${ref}:${ref}`];
    const branch = ref.replace('refs/remotes/origin/', 'refs/heads/');
    return own.has(branch) ? [] : [`+${ref}:${branch}`];
  });
  const first = specs.findIndex((spec) => spec.endsWith(`:${head}`));
  if (first > 0) specs.unshift(...specs.splice(first, 1));
  return specs;
}
