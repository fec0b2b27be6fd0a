import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PushFault } from '../../local/codecommit/push-fault.ts';
import { compareRemotes } from '../../replication/compare.ts';
import { isReplicable, verdictOf } from '../../replication/verdict.ts';
import { fullPackBytes, teamHistory } from '../support/history.ts';
import { Clone, git, removeFolders } from '../support/repository.ts';
import { runTask, startTask } from '../support/task.ts';
import { TwoRegions } from '../support/two-regions.ts';

let two: TwoRegions;

beforeEach(async () => {
  two = await TwoRegions.start('codecommit');
  // Every value that a ref of the destination ever had.
  await git(two.destinationPath, 'config', 'core.logAllRefUpdates', 'always');
});
afterEach(() => two.stop());
afterAll(removeFolders);

/** Where a branch of the destination has stood, in order. */
async function valuesOf(branch: string): Promise<string[]> {
  const log = await readFile(join(two.destinationPath, 'logs', 'refs', 'heads', branch), 'latin1');
  return log
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1] as string);
}

async function expectForwardOnly(branch: string): Promise<number> {
  const values = await valuesOf(branch);
  for (const [n, value] of values.entries()) {
    if (n > 0) await git(two.destinationPath, 'merge-base', '--is-ancestor', values[n - 1] as string, value);
  }
  return values.length;
}

it.each<[string, (limit: number) => PushFault]>([
  ['breaks the connection', (bytes) => ({ kind: 'cut-after-bytes', bytes })],
  ['refuses the pack', (bytes) => ({ kind: 'refuse-over-bytes', bytes })],
  ['answers 413', (overBytes) => ({ kind: 'answer', status: 413, overBytes })],
  ['answers 408', (overBytes) => ({ kind: 'answer', status: 408, overBytes })],
  ['answers 500', (overBytes) => ({ kind: 'answer', status: 500, overBytes })],
])('seeds a history completely into a destination that %s after a sixth of it', async (_what, fault) => {
  // A sixth is more than 256 KiB: what breaks before is taken for an accident.
  await teamHistory(two.sourcePath, 180, 1, 1300);
  const full = await fullPackBytes(two.sourcePath);
  two.destination.pushFault = fault(Math.floor(full / 6));

  const result = await two.relay({ apis: await two.apis() });

  expect(result).toMatchObject({ result: 'replicated' });
  expect(result.heads.every(({ status }) => status === 'done')).toBe(true);
  expect(result.warnings).toEqual([
    expect.stringMatching(/^a push of \d+ objects was too much, so it was made in steps: /),
  ]);
  expect(await expectForwardOnly('main')).toBeGreaterThan(5);
  await two.expectEqual();
});

it('goes on from the last step after each kill, and carries little more than one pack in all', async () => {
  // So big that what is on its way when a connection breaks is little beside it.
  await teamHistory(two.sourcePath, 10_500, 2, 80);
  const full = await fullPackBytes(two.sourcePath);
  two.destination.pushFault = { kind: 'cut-after-bytes', bytes: Math.floor(full / 10) };
  const seen: string[] = [];
  for (const step of [4, 8]) {
    const { child, ended } = await startTask(two, {}, { CCREPL_PROGRESS_SECONDS: '0.001' });
    let confirming = 0;
    child.stderr?.on('data', (text: string) => {
      confirming += text.split('"stage":"confirming"').length - 1;
      if (confirming >= step) child.kill('SIGKILL');
    });
    await ended;
    seen.push(await git(two.destinationPath, 'rev-parse', 'main'));
  }

  const { code, result } = await runTask(two);

  expect({ code, result: result['result'] }).toEqual({ code: 0, result: 'replicated' });
  expect(new Set(seen).size).toBe(2);
  await expectForwardOnly('main');
  await two.expectEqual();
  // Beside the pack, three pushes that broke, each of a tenth at most: the one that was too big, and one for each kill that came in its
  // middle; and what the steps repeat.
  expect(two.destination.received.packBytes / full).toBeLessThan(1.4);
});

it('brings a big history that one commit merges line by line, and leaves no helper behind', async () => {
  const clone = await Clone.init();
  await clone.history(25);
  await clone.history(25, 'other', { files: 7 });
  await clone.git('checkout', '--quiet', 'main');
  await clone.git('merge', '--quiet', '--allow-unrelated-histories', '-s', 'ours', '-m', 'one', 'other');
  await clone.push(two.sourceUrl, 'main');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 4_000 };

  const result = await two.relay();

  expect(result).toMatchObject({ result: 'replicated', warnings: [expect.stringContaining('made in steps')] });
  await expectForwardOnly('main');
  await two.expectEqual();
});

it('brings a big history that only a tag shows, and one that replaces a branch', async () => {
  const clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  await two.relay();
  await clone.history(800, 'big', { files: 7 });
  await clone.git('tag', '-a', '-m', 'all of it', 'v1', 'big');
  await clone.history(800, 'new', { files: 9 });
  await clone.push(two.sourceUrl, 'v1', 'new:main');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 20_000 };

  const result = await two.relay();

  expect(result).toMatchObject({ result: 'replicated' });
  expect(await valuesOf('main')).toHaveLength(2);
  await two.expectEqual();
});

it('says which commit it is that no push can hold', async () => {
  const clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  await two.relay();
  const big = await clone.commit(Array.from({ length: 20_000 }, (_, n) => Math.imul(n, 2654435761)).join('\n'));
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 10_000 };

  const result = await two.relay();

  expect(result).toMatchObject({ result: 'failed', error: { code: 'quota' } });
  expect(result.error?.message).toContain(`commit ${big} alone brings 3 objects`);
});

it('makes steps of a push that takes too long', async () => {
  await teamHistory(two.sourcePath, 1_000, 3);
  // Every look at the clock is a second later: some ten pieces of a pack are all that a push has time for.
  let now = 0;

  const result = await two.relay({ pushMs: 10_000, now: () => (now += 1000) });

  expect(result).toMatchObject({ result: 'replicated' });
  expect(result.warnings).toEqual([expect.stringContaining('the push did not end within 10 s')]);
  await two.expectEqual();
});

it('puts tags that fit together at their own refs, and each that does not there at its end', async () => {
  const clone = await Clone.init();
  await clone.history(900);
  await clone.git('checkout', '--quiet', 'main');
  for (let n = 0; n < 30; n++) await clone.git('tag', '-a', '-m', 'release', `v${n}`, `main~${n * 30}`);
  await clone.push(two.sourceUrl, 'main');
  await clone.push(two.sourceUrl, '--tags');
  await git(two.sourcePath, 'update-ref', '-d', 'refs/heads/main');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 30_000 };

  const result = await two.relay();

  expect(result).toMatchObject({ result: 'replicated', warnings: [expect.stringContaining('made in steps')] });
  await two.expectEqual();
});

it('goes on when a branch is replaced at the source in the middle', async () => {
  const clone = await Clone.init();
  await clone.history(900);
  await clone.history(300, 'feature', { files: 7 });
  await clone.push(two.sourceUrl, 'main', 'feature');
  await clone.history(200, 'better', { files: 11 });
  await clone.push(two.sourceUrl, 'better:refs/hidden/better');
  await git(two.sourcePath, 'update-ref', '-d', 'refs/hidden/better');
  const better = await clone.git('rev-parse', 'better');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 30_000 };
  let confirmed = 0;
  const onProgress = ({ stage }: { stage: string }) => {
    if (stage === 'confirming') confirmed += 1;
    if (confirmed === 4) execFileSync('git', ['-C', two.sourcePath, 'update-ref', 'refs/heads/feature', better]);
  };

  const result = await two.relay({ onProgress });

  expect(result).toMatchObject({ result: 'replicated' });
  await two.expectEqual();
});

it('plans again when somebody moves a branch of the destination in the middle, and keeps that work', async () => {
  const clone = await Clone.init();
  await clone.history(900);
  await clone.push(two.sourceUrl, 'main');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 30_000 };
  let confirmed = 0;
  const onProgress = ({ stage }: { stage: string }) => {
    if (stage === 'confirming') confirmed += 1;
    if (confirmed !== 4) return;
    const at = (...args: string[]) =>
      execFileSync('git', ['-C', two.destinationPath, ...args], { encoding: 'utf8', env: SOMEBODY }).trim();
    at('update-ref', 'refs/heads/main', at('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'made on the replica'));
  };

  const result = await two.relay({ onProgress });

  expect(result).toMatchObject({ result: 'incomplete', error: { code: 'refused' }, heads: [{ code: 'diverged' }] });
  expect(await git(two.destinationPath, 'log', '-1', '--format=%s', 'main')).toBe('made on the replica');
});

it('says which helper refs a destination does not let go of, and counts the replica as behind until they are gone', async () => {
  const clone = await Clone.init();
  await clone.history(900);
  await clone.push(two.sourceUrl, 'main');
  two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 30_000 };
  const hook = join(two.destinationPath, 'hooks', 'update');
  await writeFile(hook, '#!/bin/sh\ncase $1$3 in refs/tags/*0000000000) exit 1;; esac\n');
  await chmod(hook, 0o755);

  const stuck = await two.relay();
  const { source, destination } = two.remotes();
  const plan = await compareRemotes(source, destination, two.policy);
  source.close();
  destination.close();
  await rm(hook);
  await two.relay();

  expect(stuck.warnings).toContainEqual(
    expect.stringMatching(/^the helper ref refs\/tags\/ccrepl-seeding\/\S+ could not be taken away/),
  );
  expect([verdictOf(plan), isReplicable(plan)]).toEqual(['behind', true]);
  await two.expectEqual();
});

it.each(['refuse', 'archive'] as const)(
  'with "rewrites": "%s" a rewrite in the middle of a seeding is none for the destination',
  async (rewrites) => {
    const clone = await Clone.init();
    await clone.history(900);
    await clone.push(two.sourceUrl, 'main');
    await clone.history(300, 'other', { files: 7 });
    two.destination.pushFault = { kind: 'refuse-over-bytes', bytes: 30_000 };
    const policy = { ...two.policy, rewrites };
    let confirmed = 0;
    const stop = new AbortController();
    const onProgress = ({ stage }: { stage: string }) => {
      if (stage === 'confirming') confirmed += 1;
      if (confirmed === 4) stop.abort(new Error('killed'));
    };
    await two.relay({ ...two.remotes({ signal: stop.signal }), policy, onProgress });
    await clone.push(two.sourceUrl, 'other:main');

    const result = await two.relay({ policy });

    expect(result).toMatchObject({ result: 'replicated' });
    await two.expectEqual();
  },
);

const SOMEBODY = {
  PATH: process.env['PATH'],
  GIT_AUTHOR_NAME: 'S',
  GIT_AUTHOR_EMAIL: 's@example.com',
  GIT_COMMITTER_NAME: 'S',
  GIT_COMMITTER_EMAIL: 's@example.com',
};
