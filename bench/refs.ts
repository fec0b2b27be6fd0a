import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { REFS_MAX } from '../git/protocol/advertisement.ts';
import { REPLICA } from '../local/demonstration.ts';
import { FastImport } from './fast-import.ts';
import { measuredRun } from './measured-run.ts';

/** What a task may have (docs/deploy.md), less what the kernel needs. */
const PEAK_MIB_MAX = 256;

/**
 * Replicates, for the first time, a repository of so many refs, each with a commit of its own, and shows what the task took. The
 * default is the most that is allowed.
 */
const { values } = parseArgs({ options: { refs: { type: 'string', default: String(REFS_MAX) } } });
const refs = Number(values.refs);
if (!(refs > 0 && refs <= REFS_MAX))
  throw new Error(`--refs is "${values.refs}": expected a number from 1 to ${REFS_MAX}`);

const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-bench-'));
try {
  const figures = await measuredRun(scratch, async (system, path) => {
    const commits = await manyCommits(path, refs);
    // One branch, and a tag for each of the others.
    await appendFile(join(path, 'packed-refs'), commits.slice(1).map(tag).join(''));
    system.machine.start(JSON.stringify({ replica: REPLICA.id }));
  });
  process.stdout.write(`${JSON.stringify({ refs, ...figures })}\n`);
  const held = figures.status === 'SUCCEEDED' && figures.tasks === 1 && figures.peakMiB < PEAK_MIB_MAX;
  if (!held) process.stderr.write(`expected: SUCCEEDED by one task, a peak below ${PEAK_MIB_MAX} MiB\n`);
  process.exitCode = held ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

function tag(oid: string, n: number): string {
  return `${oid} refs/tags/build-${String(n).padStart(7, '0')}\n`;
}

/** A line of small commits on `main`; gives their ids, the last first. */
async function manyCommits(path: string, count: number): Promise<string[]> {
  const marks = join(scratch, 'marks');
  const git = new FastImport(path, { marks });
  for (let n = 1; n <= count; n++) {
    const committer = `committer C <c@example.com> ${1_600_000_000 + n} +0000`;
    await git.write('commit refs/heads/main', `mark :${n}`, committer, 'data 1', 'c');
  }
  await git.end();
  const lines = (await readFile(marks, 'latin1')).trimEnd().split('\n');
  return lines.map((line) => line.slice(line.indexOf(' ') + 1)).reverse();
}
