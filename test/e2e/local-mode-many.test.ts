import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleInParts } from '../../build.ts';
import { type LocalModeProcess, startLocalMode, startWithTemporary } from '../support/local-mode.ts';
import { aFolder, Clone, refsOf, removeFolders } from '../support/repository.ts';

beforeAll(() => bundleInParts('container/main.ts', 'dist/replicate.mjs'));
afterAll(removeFolders);

async function aClone(): Promise<Clone> {
  const clone = await Clone.init();
  await clone.commit();
  return clone;
}

it('replicates many pairs and has a sweep look at all of them, in one JSON document', async () => {
  const data = await aFolder();
  const { directory } = await aClone();

  const args = ['--once', '--json', '--replicas', '5', '--sweep', '30s', '--data', data, '--from', directory];
  const { code, stdout } = await startLocalMode(...args).ended;
  const report = JSON.parse(stdout);
  const repositories = await Promise.all(
    ['ap-northeast-1', 'ap-northeast-3'].map(async (region) => (await readdir(join(data, region))).sort()),
  );
  const refs = await Promise.all(
    repositories.flatMap((names, index) =>
      names.map((name) => refsOf(join(data, index === 0 ? 'ap-northeast-1' : 'ap-northeast-3', name))),
    ),
  );

  expect(code).toBe(0);
  expect(report).toMatchObject({ verdict: 'in-sync', replica: 'Source--ap-northeast-3', tasks: 5, alerts: [] });
  expect(report.replicas.map(({ id }: { id: string }) => id)).toEqual([
    'Source--ap-northeast-3',
    ...['02', '03', '04', '05'].map((n) => `Service-${n}--ap-northeast-3`),
  ]);
  for (const replica of report.replicas)
    expect(replica).toMatchObject({ verdict: 'in-sync', heads: 1, status: 'SUCCEEDED' });
  expect(report.sweeps).toEqual([
    expect.objectContaining({ status: 'SUCCEEDED', says: '5 replicas: 5 in sync.', replicas: 5, tasks: 0 }),
  ]);
  expect(repositories[0]).toHaveLength(5);
  expect(repositories[1]).toHaveLength(5);
  expect(new Set(refs).size).toBe(1);
});

it('shows many replicas in a table instead of every state, and has each sweep say in one line how all stand', async () => {
  const { directory } = await aClone();
  const { child, ended, seen } = startLocalMode('--replicas', '3', '--sweep', '1s', '--from', directory);

  const stdout = await seen('3 replicas: 3 in sync.', 2);
  child.kill('SIGINT');

  expect((await ended).code).toBe(0);
  expect(stdout).toContain('Service-03--ap-northeast-3  in-sync  1');
  expect(stdout).not.toContain('▸');
});

it('has the next sweep find a push that no trigger told of, and a drift, with the commands that it names itself', async () => {
  const clone = await aClone();
  const data = await aFolder();
  const { child, ended, seen } = startLocalMode('--sweep', '2s', '--from', clone.directory, '--data', data);
  const commands = [...(await seen('Ctrl-C stops')).matchAll(/^ {2}(git .*)$/gm)].map(([, command = '']) => command);
  const [, missed = '', drift = ''] = commands;
  const run = (command: string) => promisify(execFile)('sh', ['-c', command], { cwd: clone.directory });

  await run(missed);
  await seen('1 replica: 1 replicated.');
  await run(drift);
  const stdout = await seen('SNS alert');
  child.kill('SIGINT');
  await ended;

  expect(stdout).toContain('replicated: Source--ap-northeast-3');
  expect(await refsOf(join(data, 'ap-northeast-3', 'Destination.git'))).toContain('refs/heads/missed');
});

it.each([
  ['while it comes up', [], undefined, 0],
  ['while it pushes and replicates', ['--replicas', '6'], 'Pushing all branches', 0],
  ['in a storm', ['--storm', '600', '--once'], 'of 600 pushes', 130],
  ['while it stays up and sweeps', ['--replicas', '2', '--sweep', '1s'], 'sweep 1 at', 0],
] satisfies [string, string[], string | undefined, number][])(
  'ends cleanly when it is stopped %s: no process and no folder is left',
  async (_when, args, text, expected) => {
    const temporary = await aFolder();
    const { directory } = await aClone();
    const local = startWithTemporary(temporary, ...args, '--from', directory);

    // The signals are handled from the moment there is something to take away.
    if (text === undefined) await aFolderIn(temporary, local);
    else await local.seen(text);
    local.child.kill('SIGINT');
    const { code, stdout } = await local.ended;

    expect(code).toBe(expected);
    expect(stdout).toContain('Stopping …');
    expect(await readdir(temporary)).toEqual([]);
    await allGone(local.child.pid as number);
    expect(await servingFrom(temporary)).toBe(0);
  },
);

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'says in one JSON document that %s has stopped it before there was anything to report',
  async (signal, expected) => {
    const temporary = await aFolder();
    const { directory } = await aClone();
    const local = startWithTemporary(temporary, '--once', '--json', '--from', directory);

    await aFolderIn(temporary, local);
    local.child.kill(signal);
    const { code, stdout } = await local.ended;

    expect(code).toBe(expected);
    expect(JSON.parse(stdout)).toEqual({ verdict: 'unknown', error: `stopped by ${signal}` });
    expect(await readdir(temporary)).toEqual([]);
  },
);

async function aFolderIn(folder: string, { child }: LocalModeProcess): Promise<void> {
  while ((await readdir(folder)).length === 0) if (child.exitCode !== null) throw new Error('ended before');
}

/** Waits until no process of the group lives: what git has started ends a moment after git. A test that waits in vain fails. */
async function allGone(group: number): Promise<void> {
  for (;;) {
    const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')));
    // Its name is in parentheses; then state, parent, group. One that has ended and that nobody has asked for is a zombie.
    const living = stats
      .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
      .filter(([state]) => state !== 'Z');
    if (!living.some(([, , ofGroup]) => Number(ofGroup) === group)) return;
  }
}

/** Processes of git that serve repositories below this folder: they are in groups of their own. */
async function servingFrom(folder: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')));
  return environments.filter((text) => text.includes(`GIT_PROJECT_ROOT=${folder}`)).length;
}
