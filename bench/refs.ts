import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { REF_CHARS_MAX, REFS_MAX } from '../git/protocol/advertisement.ts';
import { REPLICA } from '../local/demonstration.ts';
import { FastImport } from './fast-import.ts';
import { git } from './git.ts';
import { measuredRun } from './measured-run.ts';

/** What a task may have (docs/deploy.md), less what the kernel needs. */
const PEAK_MIB_MAX = 256;
/** With an id of 40, the most refs have as many characters as is allowed; one is left for the branch. */
const NAME_CHARS = REF_CHARS_MAX / REFS_MAX - 40 - 1;

/**
 * Replicates a repository of so many refs, each with a commit of its own and a name as long as is allowed, for the first time or, with
 * --moved, after each has gone on by a commit; and shows what the task took. The default is the most that is allowed.
 */
const { values } = parseArgs({
  options: { refs: { type: 'string', default: String(REFS_MAX) }, moved: { type: 'boolean', default: false } },
});
const refs = Number(values.refs);
if (!(refs > 0 && refs <= REFS_MAX))
  throw new Error(`--refs is "${values.refs}": expected a number from 1 to ${REFS_MAX}`);

const { destination } = REPLICA;
const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-bench-'));
try {
  const figures = await measuredRun(scratch, async (system, path) => {
    // The last first.
    const commits = await manyCommits(path, refs + 1);
    if (values.moved)
      await startFrom(path, system.region(destination.region).store.path(destination.repository), commits);
    // One branch, and a tag for each of the others.
    await appendFile(join(path, 'packed-refs'), commits.slice(1, refs).map(tag).join(''));
    system.machine.start(JSON.stringify({ replica: REPLICA.id }));
  });
  process.stdout.write(`${JSON.stringify({ refs, moved: values.moved, ...figures })}\n`);
  const held = figures.status === 'SUCCEEDED' && figures.tasks === 1 && figures.peakMiB < PEAK_MIB_MAX;
  if (!held) process.stderr.write(`expected: SUCCEEDED by one task, a peak below ${PEAK_MIB_MAX} MiB\n`);
  process.exitCode = held ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

function tag(oid: string, n: number): string {
  return `${oid} refs/tags/build-${String(n).padStart(NAME_CHARS - 'refs/tags/build-'.length, '0')}\n`;
}

/** The destination with all that the source has, and each ref one commit behind. */
async function startFrom(source: string, destinationPath: string, commits: readonly string[]): Promise<void> {
  await git(destinationPath, 'fetch', '--quiet', '--no-write-fetch-head', source, `${commits[1]}:refs/heads/main`);
  await appendFile(join(destinationPath, 'packed-refs'), commits.slice(2).map(tag).join(''));
}

/** A line of small commits on `main`; gives their ids, the last first. */
async function manyCommits(path: string, count: number): Promise<string[]> {
  const marks = join(scratch, 'marks');
  const import_ = new FastImport(path, { marks });
  for (let n = 1; n <= count; n++) {
    const committer = `committer C <c@example.com> ${1_600_000_000 + n} +0000`;
    await import_.write('commit refs/heads/main', `mark :${n}`, committer, 'data 1', 'c');
  }
  await import_.end();
  const lines = (await readFile(marks, 'latin1')).trimEnd().split('\n');
  return lines.map((line) => line.slice(line.indexOf(' ') + 1)).reverse();
}
