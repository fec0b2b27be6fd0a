import { setImmediate } from 'node:timers/promises';
import { LocalMachine } from '../../local/stepfunctions/machine.ts';
import { aMachine, failing, passing } from '../support/machines.ts';
import { ccrepl, startCcrepl } from '../support/program.ts';
import { Deployment } from '../support/records.ts';

let replicate: LocalMachine;
let sweep: LocalMachine;
let newerSweep: LocalMachine;
/** Leaves what is asked of `busy` to the execution `holder` once, and of `always` always. */
let leaving: LocalMachine;
let deployment: Deployment;
beforeAll(async () => {
  replicate = aMachine('ccrepl-replicate', {
    ill: failing('Ccrepl.Drift', 'The replica ill is diverged'),
    wrong: failing('Ccrepl.Input', '{"errorMessage":"\\"wrong\\" is not a replica: expected one of \\"R\\""}'),
    odd: passing({ replica: 'odd', outcome: 'splendid\u001b[2J' }),
    mute: passing({}),
  });
  const says = '2 replicas: 1 in sync, 1 drifted (ill).';
  sweep = aMachine('ccrepl-sweep', {}, { says, replicas: 2, drifted: ['ill'], failed: [] });
  const newer = { says: '2 replicas: 1 in sync.\u001b[2J', replicas: 2, outcomes: { 'in-sync': 1 } };
  newerSweep = aMachine('newer-sweep', {}, { ...newer, drifted: [], failed: [] });
  leaving = aLeavingMachine();
  deployment = await Deployment.start([replicate, sweep, newerSweep, leaving]);
});
afterAll(async () => {
  await leaving.stopAll();
  await deployment.stop();
});

const left = new Set<string>();
let leftTo = 'arn:aws:states:ap-northeast-1:111122223333:execution:leaving:holder';

function aLeavingMachine(): LocalMachine {
  const coalesced = (replica: string) => ({ replica, outcome: 'coalesced', execution: leftTo });
  return new LocalMachine({
    arn: 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:leaving',
    definition: {
      StartAt: 'Which',
      States: {
        Which: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.replica', StringEquals: 'holder', Next: 'Holder' },
            { Variable: '$.replica', StringEquals: 'long', Next: 'Long' },
          ],
          Default: 'Leave',
        },
        Holder: passing({ replica: 'holder', outcome: 'replicated' }),
        Long: { Type: 'Wait', Seconds: 1000, End: true },
        Leave: { Type: 'Task', Resource: 'arn:aws:states:::test:leave', End: true },
      },
    } as never,
    integrations: {
      'arn:aws:states:::test:leave': async (input: { replica: string }) => {
        if (input.replica === 'always' || !left.has(input.replica)) {
          left.add(input.replica);
          return coalesced(input.replica);
        }
        throw Object.assign(new Error('still not'), { name: 'Ccrepl.Drift' });
      },
    },
  });
}

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
    'odd',
    2,
    'unknown: the execution succeeded and says "splendid\\u{1b}[2J"',
    { result: 'unknown', status: 'SUCCEEDED' },
  ],
  ['mute', 2, 'unknown: the execution succeeded and says nothing', { result: 'unknown', output: {} }],
])('waits for the end of %s with exit code %d', async (replica, exitCode, says, document) => {
  const people = await ask(replica, '--wait');
  const scripts = await ask(replica, '--wait', '--json');

  expect(people).toMatchObject({ code: exitCode, stderr: '', stdout: expect.stringContaining(says) });
  expect(scripts).toMatchObject({ code: exitCode, stderr: '' });
  expect(JSON.parse(scripts.stdout)).toMatchObject({ execution: expect.stringContaining('-start-'), ...document });
});

it('starts another execution when one has left its work to a holder that has ended: what that came to is no answer', async () => {
  const holder = leaving.start('{"replica":"holder"}', 'holder');
  await holder.ended;

  const people = await ask('busy', '--wait', '--state-machine', leaving.arn);
  left.clear();
  const scripts = await ask('busy', '--wait', '--json', '--state-machine', leaving.arn);

  const [first, second, third, fourth] = leaving.executions.filter(({ name }) => name.startsWith('busy-'));
  expect(people).toMatchObject({ code: 1, stderr: '' });
  expect(people.stdout).toBe(
    `Started:\n  ${first?.arn}\nLeft to the execution that was at work:\n  ${holder.arn}\nStarted again:\n  ${second?.arn}\ndrift: still not\n`,
  );
  expect(scripts).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(scripts.stdout)).toEqual({
    result: 'drifted',
    execution: fourth?.arn,
    before: [{ execution: third?.arn, leftTo: holder.arn }],
    status: 'FAILED',
    failure: { error: 'Ccrepl.Drift', cause: 'still not' },
  });
  expect(first?.arn).not.toBe(second?.arn);
});

it('names all that it has started when a person stops waiting for the holder', async () => {
  const holder = leaving.start('{"replica":"long"}', 'holder-that-runs');
  leftTo = holder.arn;
  const { child, ended } = startCcrepl(
    ['start', 'always', '--wait', '--json', '--state-machine', leaving.arn],
    deployment.env,
  );
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const mine = () => leaving.executions.find(({ name }) => name.startsWith('always-'));
  while (!over && mine()?.status !== 'SUCCEEDED') await setImmediate();

  child.kill('SIGINT');
  const { code, stdout } = await ended;

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    result: 'unknown',
    execution: mine()?.arn,
    error: { code: 'terminated' },
  });
});

it('takes no sweep for a success whose outcomes it does not understand', async () => {
  const people = await ask('--sweep', '--wait', '--state-machine', newerSweep.arn);
  const scripts = await ask('--sweep', '--wait', '--json', '--state-machine', newerSweep.arn);

  expect([people.code, scripts.code]).toEqual([2, 2]);
  expect(people.stdout).toContain('unknown: the execution succeeded and says "2 replicas: 1 in sync.\\u{1b}[2J"');
  expect(JSON.parse(scripts.stdout)).toMatchObject({ result: 'unknown', status: 'SUCCEEDED' });
});

it('starts a sweep of all, or of one source repository', async () => {
  const all = await ask('--sweep', '--wait');
  const some = await ask('--sweep', '--repository', 'Source', '--json');

  expect(all).toMatchObject({ code: 1, stdout: expect.stringContaining('2 replicas: 1 in sync, 1 drifted (ill).\n') });
  expect(some.code).toBe(0);
  expect(inputs(sweep)).toEqual([{}, { repository: 'Source' }]);
});

it('names what it has started when a person stops waiting', async () => {
  const { child, ended } = startCcrepl(
    ['start', 'long', '--wait', '--json', '--state-machine', leaving.arn],
    deployment.env,
  );
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && !leaving.executions.some(({ name }) => name.startsWith('long-'))) await setImmediate();

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
