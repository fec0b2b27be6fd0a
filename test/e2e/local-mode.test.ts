import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundleInParts } from '../../build.ts';
import { startLocalMode as start } from '../support/local-mode.ts';
import { aFolder, Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';

const pathsIn = (data: string) => ({
  source: join(data, 'ap-northeast-1', 'Source.git'),
  destination: join(data, 'ap-northeast-3', 'Destination.git'),
});

async function expectEqual(data: string): Promise<void> {
  const { source, destination } = pathsIn(data);
  expect(await refsOf(destination)).toBe(await refsOf(source));
  await fsck(destination);
}

beforeAll(() => bundleInParts('container/main.ts', 'dist/replicate.mjs'));
afterAll(removeFolders);

it('replicates this very repository, verified, and says so in one JSON document', async () => {
  const data = await aFolder();

  const { code, stdout } = await start('--once', '--json', '--data', data).ended;
  const report = JSON.parse(stdout);

  expect(code).toBe(0);
  expect(report).toMatchObject({ verdict: 'in-sync', replica: 'Source--ap-northeast-3', alerts: [], tasks: 1 });
  expect(report.heads).toBeGreaterThan(0);
  expect(report.packBytes).toBeGreaterThan(1000);
  expect(report.execution).toEqual([
    'ReadInput',
    'AcquireLease',
    'CompareHeads',
    'AnythingToReplicate',
    'FirstAttempt',
    'Replicate',
    'VerifyHeads',
    'IsVerified',
    'RecordInSync',
    'Proven',
    'WasTrouble',
    'ReleaseLease',
    'HowItEnded',
    'Replicated',
  ]);
  await expectEqual(data);
});

it('replicates more than 10,000 commits, and finds nothing to do when started again on the same data', async () => {
  const data = await aFolder();
  const clone = await Clone.init();
  await clone.history(10_500);

  const first = await start('--once', '--json', '--data', data, '--from', clone.directory).ended;
  const again = await start('--once', '--json', '--data', data, '--from', clone.directory).ended;

  expect(JSON.parse(first.stdout)).toMatchObject({ verdict: 'in-sync', heads: 1 });
  expect(await git(pathsIn(data).destination, 'rev-list', '--count', 'main')).toBe('10500');
  await expectEqual(data);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({
    verdict: 'in-sync',
    tasks: 0,
    packBytes: 0,
    execution: ['ReadInput', 'AcquireLease', 'CompareHeads', 'AnythingToReplicate', 'SettleInSync', 'InSync'],
  });
});

it('replicates more than 1,000 refs, with the default branch that the repository has', async () => {
  const data = await aFolder();
  const clone = await Clone.init();
  await clone.git('checkout', '--quiet', '-b', 'trunk');
  const commit = await clone.commit();
  await clone.git('branch', 'aaa');
  const lines = Array.from({ length: 1100 }, (_, n) => `create refs/${n % 2 ? 'tags' : 'heads'}/n${n} ${commit}\n`);
  const update = spawn('git', ['-C', clone.directory, 'update-ref', '--stdin'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  update.stdin.end(lines.join(''));
  await once(update, 'close');

  const { code, stdout } = await start('--once', '--json', '--data', data, '--from', clone.directory).ended;

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'in-sync', heads: 1102 });
  expect(await git(pathsIn(data).destination, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
  await expectEqual(data);
});

it('stays up for stock git: a branch, an annotated tag, a forced update and a deletion arrive, each verified', async () => {
  const data = await aFolder();
  const clone = await Clone.init();
  await clone.commit();
  await clone.commit();
  const { child, ended, seen } = start('--data', data, '--from', clone.directory);
  const url = /git push (http:\S+)/.exec(await seen('Ctrl-C stops'))?.[1] ?? '';

  await clone.git('tag', '-a', '-m', 'release', 'v1');
  const steps = [
    () => clone.push(url, 'main:refs/heads/feature'),
    () => clone.push(url, 'v1'),
    () => clone.push(url, '+main~1:refs/heads/main'),
    () => clone.push(url, ':refs/heads/feature'),
  ];
  for (const [index, step] of steps.entries()) {
    await step();
    await seen('verified after', index + 2);
    await expectEqual(data);
  }
  child.kill('SIGINT');

  expect((await ended).code).toBe(0);
  expect(await git(pathsIn(data).destination, 'for-each-ref', '--format=%(refname)')).toBe(
    'refs/heads/main\nrefs/tags/v1',
  );
});

it('ends a drift in one alert that names the head, both ids and what to do, and in a failed execution', async () => {
  const data = await aFolder();
  const clone = await Clone.init();
  const expected = await clone.commit();

  const { code, stdout } = await start('--once', '--json', '--drift', '--data', data, '--from', clone.directory).ended;
  const report = JSON.parse(stdout);
  const kept = await git(pathsIn(data).destination, 'rev-parse', 'main');

  expect(code).toBe(1);
  expect(kept).not.toBe(expected);
  expect(report).toMatchObject({ verdict: 'diverged', status: 'FAILED' });
  expect(report.execution.slice(-5)).toEqual(['Alert', 'RememberTold', 'ReleaseLease', 'HowItEnded', 'Failed']);
  expect(report.alerts).toHaveLength(1);
  for (const part of ['refs/heads/main', expected, kept, '--force-with-lease', 'start-execution']) {
    expect(report.alerts[0].message).toContain(part);
  }
});

it.each([
  [['--port', 'x'], '--port is "x"'],
  [['--json'], '--json needs --once'],
  [['--frm', '.'], "Unknown option '--frm'"],
  [['--sweep', '30'], '--sweep is "30"'],
])('answers the wrong option %j with what is wrong and the usage, and exit code 2', async (args, message) => {
  const { code, stderr } = await start(...args).ended;

  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain('Usage: npm start');
});

it('answers a wrong option in one JSON document too where that was asked for', async () => {
  const { code, stdout, stderr } = await start('--once', '--json', '--bogus').ended;

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    verdict: 'unknown',
    error: expect.stringContaining("Unknown option '--bogus'"),
  });
  expect(stderr).toContain('Usage: npm start');
});

it('says what to do when --from is no repository', async () => {
  const folder = await aFolder();

  const { code, stderr } = await start('--once', '--from', folder).ended;

  expect(code).toBe(1);
  expect(stderr).toContain(`"${folder}" is not a git repository: expected the path or URL of one`);
});
