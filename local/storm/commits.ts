import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../../git/ref.ts';
import { git } from '../git.ts';

/** So many people push at once, each to a branch of their own. */
export const BRANCHES = 10;

/** One push to come. */
export interface StormCommit {
  branch: string;
  oid: string;
}

/** A clone with so many commits that are not pushed yet, made before the storm so that its pushes are all that is measured. */
export async function withCommits<T>(
  repository: string,
  defaultBranch: string,
  count: number,
  work: (clone: string, commits: StormCommit[]) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-storm-'));
  try {
    const clone = join(scratch, 'clone.git');
    // Shares the objects of the source on this disk: a big history costs nothing.
    await git(['clone', '--quiet', '--bare', '--shared', repository, clone]);
    return await work(clone, await commit(clone, defaultBranch, count, join(scratch, 'marks')));
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function commit(clone: string, defaultBranch: string, count: number, marks: string): Promise<StormCommit[]> {
  const there = new Set((await git(['-C', clone, 'for-each-ref', '--format=%(refname)'])).split('\n'));
  const now = Math.floor(Date.now() / 1000);
  const branches = Array.from({ length: count }, (_, index) => `refs/heads/storm/${(index % BRANCHES) + 1}`);
  const stream = branches.map((branch, index) => {
    // A storm that was here before, in a kept folder, is gone on with.
    const from = there.has(branch) ? branch : `refs/heads/${defaultBranch}`;
    const message = `Push ${index + 1} of ${count}`;
    return [
      `commit ${branch}`,
      `mark :${index + 1}`,
      `committer Storm <storm@example.com> ${now} +0000`,
      `data ${message.length}`,
      message,
      ...(index < BRANCHES ? [`from ${from}^0`] : []),
      `M 100644 inline ${branch.slice('refs/heads/'.length)}.txt`,
      `data ${message.length}`,
      message,
      '',
    ].join('\n');
  });
  const child = spawn('git', ['-C', clone, 'fast-import', '--quiet', `--export-marks=${marks}`], {
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // If it ends early, nobody reads the rest; what it has said is why.
  child.stdin.on('error', () => {});
  child.stdin.end(stream.join(''));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) {
    const lines = said.trim().split('\n');
    // Under the reason it says where its crash report is.
    const why = lines.find((line) => line.startsWith('fatal: ')) ?? lines.at(-1);
    throw new Error(`git fast-import failed: ${printable(why || `it ended with ${code ?? signal}`, 500)}`);
  }
  const oids = new Map(
    (await readFile(marks, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(1).split(' ') as [string, string]),
  );
  return branches.map((branch, index) => ({ branch, oid: oids.get(String(index + 1)) ?? '' }));
}
