import { setImmediate } from 'node:timers/promises';
import type { LocalMachine } from '../../local/stepfunctions/machine.ts';
import { aMachine, failing, passing } from '../support/machines.ts';
import { ccrepl, startCcrepl } from '../support/program.ts';
import { Deployment } from '../support/records.ts';

let replicate: LocalMachine;
let sweep: LocalMachine;
let deployment: Deployment;
beforeAll(async () => {
  const holder = 'arn:aws:states:ap-northeast-1:111122223333:execution:ccrepl-replicate:holder';
  replicate = aMachine('ccrepl-replicate', {
    ill: failing('Ccrepl.Drift', 'The replica ill is diverged'),
    wrong: failing('Ccrepl.Input', '{"errorMessage":"\\"wrong\\" is not a replica: expected one of \\"R\\""}'),
    busy: passing({ replica: 'busy', outcome: 'coalesced', execution: holder }),
    long: { Type: 'Wait', Seconds: 1000, End: true },
  });
  const says = '2 replicas: 1 in sync, 1 drifted (ill).';
  sweep = aMachine('ccrepl-sweep', {}, { says, replicas: 2, drifted: ['ill'], failed: [] });
  deployment = await Deployment.start([replicate, sweep]);
  await replicate.start('{"replica":"ill"}', 'holder').ended;
});
afterAll(async () => {
  await replicate.stopAll();
  await deployment.stop();
});

const ask = (...args: string[]) => ccrepl(['start', ...args], deployment.env);
const inputs = (machine: LocalMachine) => machine.executions.map(({ input }) => JSON.parse(input));

it('starts an execution with what a person confirms or forces, and says its name', async () => {
  const people = await ask('R', '--confirm', '0123456789abcdef', '--force');
  const scripts = await ask('R', '--json', '--state-machine', replicate.arn);

  expect([people.code, scripts.code]).toEqual([0, 0]);
  expect(people.stdout).toMatch(/^Started:\n {2}arn:aws:states:.*:execution:ccrepl-replicate:R-start-[0-9a-f]{16}\n/);
  expect(people.stdout).toContain('ccrepl status R');
  expect(people.stdout).not.toContain('https://');
  expect(JSON.parse(scripts.stdout)).toEqual({
    result: 'started',
    execution: expect.stringContaining(':execution:ccrepl-replicate:R-start-'),
  });
  expect(inputs(replicate)).toEqual(
    expect.arrayContaining([{ replica: 'R', confirm: '0123456789abcdef', force: 'task' }, { replica: 'R' }]),
  );
});

it.each([
  ['R', 0, 'in-sync: 1,200 heads, verified at 2026-01-02 03:04:05 UTC\n', { result: 'succeeded', status: 'SUCCEEDED' }],
  ['ill', 1, 'drift: The replica ill is diverged\n', { result: 'drifted', failure: { error: 'Ccrepl.Drift' } }],
  [
    'wrong',
    2,
    'FAILED: Ccrepl.Input: "wrong" is not a replica: expected one of "R"\n',
    { result: 'failed', failure: { cause: '"wrong" is not a replica: expected one of "R"' } },
  ],
  [
    'busy',
    1,
    'Left to the execution that was at work:\n  arn:aws:states:ap-northeast-1:111122223333:execution:ccrepl-replicate:holder\ndrift:',
    { result: 'drifted', coalescedInto: expect.stringMatching(/:holder$/) },
  ],
])('waits for the end of %s with exit code %d', async (replica, exitCode, says, document) => {
  const people = await ask(replica, '--wait');
  const scripts = await ask(replica, '--wait', '--json');

  expect(people).toMatchObject({ code: exitCode, stderr: '', stdout: expect.stringContaining(says) });
  expect(scripts).toMatchObject({ code: exitCode, stderr: '' });
  expect(JSON.parse(scripts.stdout)).toMatchObject({ execution: expect.stringContaining('-start-'), ...document });
});

it('starts a sweep of all, or of one source repository', async () => {
  const all = await ask('--sweep', '--wait');
  const some = await ask('--sweep', '--repository', 'Source', '--json');

  expect(all).toMatchObject({ code: 1, stdout: expect.stringContaining('2 replicas: 1 in sync, 1 drifted (ill).\n') });
  expect(some.code).toBe(0);
  expect(inputs(sweep)).toEqual([{}, { repository: 'Source' }]);
});

it('names what it has started when a person stops waiting', async () => {
  const { child, ended } = startCcrepl(['start', 'long', '--wait', '--json'], deployment.env);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && !inputs(replicate).some(({ replica }) => replica === 'long')) await setImmediate();

  child.kill('SIGINT');
  const { code, stdout } = await ended;

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    result: 'unknown',
    execution: expect.stringContaining(':long-start-'),
    error: { code: 'terminated' },
  });
});

it('says which state machine is not there', async () => {
  const { code, stdout } = await ask('R', '--state-machine', `${replicate.arn}-gone`, '--json');

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', execution: null, error: { code: 'missing' } });
});
