import { bigCommits } from './big-commit.ts';
import { FastImport } from './fast-import.ts';
import { git, refsOf } from './git.ts';
import { MANY } from './shapes/shapes.ts';

/** What has happened at the source since both sides were equal. */
export interface Work {
  name: string;
  what: string;
  /** The destination has nothing yet. */
  first?: true;
  change: (source: string) => Promise<void>;
}

/** There in every repository before the change, so that they can go and move. */
export const DELETED = 'refs/heads/ccrepl-bench/deleted';
export const REWRITTEN = 'refs/heads/ccrepl-bench/rewritten';

const COMMITTER = 'committer A Developer <a@example.com>';
const MANY_MOVED = 1000;
const TEXT_BYTES_MAX = 100_000;
const EDITED = 50;

export const WORKS: readonly Work[] = [
  { name: 'nothing', what: 'nothing to do', change: async () => {} },
  { name: 'commit', what: 'one commit', change: (source) => commits(source, 1) },
  { name: 'hundred', what: '100 commits, new branch, tag, delete, force-push', change: hundred },
  { name: 'first', what: 'first replication', first: true, change: async () => {} },
  { name: 'one-ref', what: 'one branch moved', change: (source) => moveMany(source, 1) },
  { name: 'thousand-refs', what: '1,000 branches moved', change: (source) => moveMany(source, MANY_MOVED) },
  { name: 'blob', what: 'one commit of 20 MB', change: (source) => bigCommits(source, { megabytes: 20, seed: 1 }) },
];

async function hundred(source: string): Promise<void> {
  await commits(source, 100);
  const branch = await git(source, 'symbolic-ref', 'HEAD');
  const import_ = new FastImport(source);
  await writeCommit(import_, 'refs/heads/ccrepl-bench/new', `${branch}~20`, 1, ['new.txt', 'new\n']);
  await writeCommit(import_, REWRITTEN, `${branch}~120`, 2, ['rewritten.txt', 'rewritten\n']);
  await import_.write(`tag ccrepl-bench/v2`, `from ${branch}^0`, `tagger A Developer <a@example.com> 1800000000 +0000`);
  await import_.write('data 3', 'tag');
  await import_.end();
  await git(source, 'update-ref', '-d', DELETED);
}

/** So many commits on the default branch, each of which edits a file that was there. */
async function commits(source: string, count: number): Promise<void> {
  const branch = await git(source, 'symbolic-ref', 'HEAD');
  const texts = await someTexts(source, branch);
  const paths = [...texts.keys()];
  const import_ = new FastImport(source);
  for (let n = 0; n < count; n++) {
    const path = paths[n % paths.length] as string;
    const text = `${texts.get(path)}\nand line ${n} that is new\n`;
    texts.set(path, text);
    await writeCommit(import_, branch, n === 0 ? `${branch}^0` : undefined, n, [path, text]);
  }
  await import_.end();
}

/** Some files as a commit edits them: no big ones, and no names that would have to be quoted. A new one if there are none. */
async function someTexts(source: string, branch: string): Promise<Map<string, string>> {
  const entries = (await git(source, 'ls-tree', '-r', '-l', branch)).split('\n');
  const paths = entries.flatMap((entry) => {
    const [, size, path] = /^100644 blob \w+ +(\d+)\t([\w./-]+)$/.exec(entry) ?? [];
    return path !== undefined && Number(size) < TEXT_BYTES_MAX ? [path] : [];
  });
  const texts = new Map<string, string>();
  for (const [n, path] of paths.entries())
    if (n % Math.ceil(paths.length / EDITED) === 0) texts.set(path, await git(source, 'show', `${branch}:${path}`));
  return texts.size > 0 ? texts : new Map([['ccrepl-bench.txt', '']]);
}

/** So many of the many branches, each moved to a commit of its own. */
async function moveMany(source: string, count: number): Promise<void> {
  const branches = [...(await refsOf(source)).keys()].filter((name) => name.startsWith(MANY));
  const step = Math.max(1, Math.floor(branches.length / count));
  const import_ = new FastImport(source);
  for (const [n, name] of branches
    .filter((_, at) => at % step === 0)
    .slice(0, count)
    .entries())
    await writeCommit(import_, name, `${name}^0`, n, [`work-${n % 10}.txt`, `work ${n}\n`]);
  await import_.end();
}

async function writeCommit(
  import_: FastImport,
  ref: string,
  from: string | undefined,
  number: number,
  [path, text]: [path: string, text: string],
): Promise<void> {
  const bytes = Buffer.byteLength(text);
  await import_.write(
    `commit ${ref}`,
    `${COMMITTER} ${1_790_000_000 + number} +0000`,
    'data 6',
    'change',
    ...(from === undefined ? [] : [`from ${from}`]),
    `M 100644 inline ${path}`,
    `data ${bytes}`,
    text,
  );
}
