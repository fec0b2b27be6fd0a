import { readFileSync } from 'node:fs';
import { join } from 'node:path';
// @ts-expect-error: the package has no types.
import validate from 'asl-validator';
import { loadDefinition } from '../../local/stepfunctions/definition.ts';
import { stateError } from '../../local/stepfunctions/integrations.ts';
import { type Execution, LocalMachine } from '../../local/stepfunctions/machine.ts';
import type { Comparison } from '../../replication/contract.ts';
import { ERROR_TABLE } from '../../replication/errors.ts';

const FILE = join(import.meta.dirname, '..', '..', 'state-machines', 'replicate.asl.json');
const SUBSTITUTIONS = {
  CompareHeadsFunctionArn: 'compare-heads',
  AlertFunctionArn: 'alert',
  ClusterArn: 'cluster',
  TaskDefinitionArn: 'task-definition',
  SubnetIds: 'subnet-1,subnet-2',
  SecurityGroupIds: 'sg-1',
  AssignPublicIp: 'ENABLED',
  TopicArn: 'topic',
};
const raw = JSON.parse(readFileSync(FILE, 'utf8'));
const definition = loadDefinition(FILE, SUBSTITUTIONS);

type Answer = Partial<Comparison> | Error;
const IN_SYNC: Answer = { verdict: 'in-sync', replicable: false };
const BEHIND: Answer = { verdict: 'behind', replicable: true };
const DIVERGED: Answer = { verdict: 'diverged', replicable: false };

/** A task that stopped, as Step Functions hands it over. */
const exited = (code: number | undefined): Error =>
  stateError(
    'States.TaskFailed',
    JSON.stringify({
      StopCode: code === undefined ? 'TaskFailedToStart' : 'EssentialContainerExited',
      Containers: [{ Name: 'replicate', ...(code !== undefined && { ExitCode: code }) }],
    }),
  );

interface Script {
  /** One answer a comparison; the last is repeated. */
  compare: Answer[];
  /** One outcome a task; the last is repeated. */
  task?: (undefined | Error)[];
  alert?: Error;
  publish?: Error;
}

/** Runs the real state machine against a script, without its pauses. */
async function run(script: Script, input: unknown = { replica: 'R' }) {
  const calls = {
    compare: [] as unknown[],
    task: [] as { Overrides: object; NetworkConfiguration: object }[],
    alert: [] as unknown[],
    publish: [] as { Message: string }[],
  };
  const next = <T>(answers: readonly T[], index: number): T => answers[Math.min(index, answers.length - 1)] as T;
  const machine = new LocalMachine({
    arn: 'arn:aws:states:r:1:stateMachine:m',
    definition,
    pauseMs: 0,
    integrations: {
      'arn:aws:states:::lambda:invoke': async ({
        FunctionName,
        Payload,
      }: {
        FunctionName: string;
        Payload: unknown;
      }) => {
        if (FunctionName === 'alert') {
          calls.alert.push(Payload);
          if (script.alert) throw script.alert;
          return { Payload: {} };
        }
        calls.compare.push(Payload);
        const answer = next(script.compare, calls.compare.length - 1);
        if (answer instanceof Error) throw answer;
        return { Payload: { replica: 'R', task: '{"id":"R"}', ...answer } };
      },
      'arn:aws:states:::ecs:runTask.sync': async (parameters: never) => {
        calls.task.push(parameters);
        const outcome = next(script.task ?? [undefined], calls.task.length - 1);
        if (outcome) throw outcome;
        return {};
      },
      'arn:aws:states:::sns:publish': async (parameters: never) => {
        calls.publish.push(parameters);
        if (script.publish) throw script.publish;
        return {};
      },
    },
  });
  const execution = machine.start(JSON.stringify(input));
  await execution.ended;
  return { execution, calls };
}

const end = ({ status, error }: Execution) => [status, error].filter(Boolean).join(' ');

it('starts no task for a replica in sync', async () => {
  const { execution, calls } = await run({ compare: [IN_SYNC] });

  expect(execution.states).toEqual(['CompareHeads', 'AnythingToReplicate', 'InSync']);
  expect(end(execution)).toBe('SUCCEEDED');
  expect(calls).toMatchObject({ task: [], alert: [] });
});

it('runs a task for a replica that is behind, and succeeds once a fresh comparison proves it', async () => {
  const { execution, calls } = await run({ compare: [BEHIND, IN_SYNC] });

  expect(end(execution)).toBe('SUCCEEDED');
  expect(calls.compare).toEqual([{ replica: 'R' }, { replica: 'R' }]);
  expect(calls.task).toMatchObject([
    {
      Overrides: {
        ContainerOverrides: [
          {
            Name: 'replicate',
            Environment: [
              { Name: 'CCREPL_REPLICA', Value: '{"id":"R"}' },
              { Name: 'CCREPL_EXECUTION', Value: execution.arn },
            ],
          },
        ],
      },
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroups: ['sg-1'] } },
    },
  ]);
  expect(JSON.parse(execution.output ?? '')).toMatchObject({ verdict: 'in-sync' });
});

it('does not believe a task that says all is well', async () => {
  const { execution, calls } = await run({ compare: [BEHIND] });

  expect(end(execution)).toBe('FAILED Ccrepl.Drift');
  expect(execution.cause).toContain('R is behind');
  expect(calls.alert).toHaveLength(1);
});

it('believes the comparison when the task says that it failed', async () => {
  const { execution, calls } = await run({ compare: [BEHIND, IN_SYNC], task: [exited(12)] });

  expect(end(execution)).toBe('SUCCEEDED');
  expect(calls.alert).toEqual([]);
});

it('tries a passing failure again, and tells nobody when that helps', async () => {
  const { execution, calls } = await run({ compare: [BEHIND, IN_SYNC], task: [exited(10), exited(10), undefined] });

  expect(end(execution)).toBe('SUCCEEDED');
  expect(calls.task).toHaveLength(3);
  expect(calls.alert).toEqual([]);
});

const codes = Object.values(ERROR_TABLE);
it.each([
  ...codes.filter(({ retryable }) => retryable).map(({ exitCode }): [number | undefined, number] => [exitCode, 4]),
  ...codes.filter(({ retryable }) => !retryable).map(({ exitCode }): [number | undefined, number] => [exitCode, 1]),
  [undefined, 4],
  [137, 1],
])('gives a task that always ends with exit code %s in all %i tries, then tells people once', async (code, tasks) => {
  const { execution, calls } = await run({ compare: [BEHIND], task: [exited(code)] });

  expect(calls.task).toHaveLength(tasks);
  expect(calls.alert).toHaveLength(1);
  expect(end(execution)).toBe('FAILED Ccrepl.Drift');
});

it.each(['ECS.AmazonECSException', 'AmazonECS.Unknown', 'ECS.ServerException', 'ECS.ThrottlingException'])(
  'tries again when no task could be placed: %s',
  async (name) => {
    const { execution, calls } = await run({
      compare: [BEHIND, IN_SYNC],
      task: [stateError(name, 'capacity'), undefined],
    });

    expect(end(execution)).toBe('SUCCEEDED');
    expect(calls.task).toHaveLength(2);
  },
);

it('goes on to verify when the Cause of a task is no JSON', async () => {
  const { execution, calls } = await run({
    compare: [BEHIND],
    task: [stateError('States.TaskFailed', 'something else')],
  });

  expect(execution.states.slice(-6)).toEqual([
    'IsWorthAnotherTask',
    'VerifyHeads',
    'IsVerified',
    'Drifted',
    'Alert',
    'Failed',
  ]);
  expect(calls.task).toHaveLength(1);
});

it('starts no task where none could help, and tells people once', async () => {
  const { execution, calls } = await run({ compare: [DIVERGED] });

  expect(execution.states).toEqual(['CompareHeads', 'AnythingToReplicate', 'Drifted', 'Alert', 'Failed']);
  expect(end(execution)).toBe('FAILED Ccrepl.Drift');
  expect(calls.task).toEqual([]);
  expect(calls.alert).toMatchObject([
    {
      execution: execution.arn,
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      input: { replica: 'R' },
      state: { compared: { result: { verdict: 'diverged' } }, outcome: { Error: 'Ccrepl.Drift' } },
    },
  ]);
});

it('fails at its first state, and tells nobody else, when the input is wrong', async () => {
  const { execution, calls } = await run(
    { compare: [stateError('Ccrepl.Input', '"x" is not a replica: expected one of "R"')] },
    { replica: 'x' },
  );

  expect(execution.states).toEqual(['CompareHeads', 'WrongInput']);
  expect(execution).toMatchObject({ error: 'Ccrepl.Input', cause: '"x" is not a replica: expected one of "R"' });
  expect(calls.alert).toEqual([]);
});

it.each(['Ccrepl.Missing', 'Ccrepl.Auth', 'Ccrepl.Protocol', 'States.Timeout'])(
  'tells people when a side cannot be read: %s',
  async (name) => {
    const first = await run({ compare: [stateError(name, 'why')] });
    const later = await run({ compare: [BEHIND, stateError(name, 'why')] });

    for (const { execution, calls } of [first, later]) {
      expect(execution.states.slice(-3)).toEqual(['Unknown', 'Alert', 'Failed']);
      expect(execution).toMatchObject({ error: name, cause: 'why' });
      expect(calls.alert).toHaveLength(1);
    }
  },
);

it('reads again after a passing failure of a comparison', async () => {
  const { execution, calls } = await run({ compare: [stateError('Ccrepl.Transient', 'reset'), IN_SYNC] });

  expect(end(execution)).toBe('SUCCEEDED');
  expect(calls.compare).toHaveLength(2);
});

it('publishes a plain message when the alert function is broken, and fails even if that is broken too', async () => {
  const broken = await run({ compare: [DIVERGED], alert: stateError('Error', 'bug') });
  const both = await run({
    compare: [DIVERGED],
    alert: stateError('Error', 'bug'),
    publish: stateError('SNS.Throttled', 'no'),
  });

  expect(broken.calls.publish[0]?.Message).toContain(broken.execution.arn);
  expect(broken.execution.states.at(-2)).toBe('PublishPlainAlert');
  expect(end(broken.execution)).toBe('FAILED Ccrepl.Drift');
  expect(end(both.execution)).toBe('FAILED Ccrepl.Drift');
});

describe('the definition', () => {
  type State = {
    Type: string;
    Next?: string;
    Default?: string;
    Choices?: { Next: string }[];
    Retry?: { ErrorEquals: string[] }[];
    Catch?: { ErrorEquals: string[]; Next: string }[];
    TimeoutSeconds?: number;
    Parameters?: object;
  };
  const states = Object.entries(raw.States as Record<string, State>);
  const tasks = states.filter(([, { Type }]) => Type === 'Task');

  it('is valid, as it is and with its placeholders filled in', () => {
    expect(validate(raw)).toMatchObject({ isValid: true });
    expect(validate(definition as never)).toMatchObject({ isValid: true });
  });

  it.each(tasks)('gives %s a time-out, retries and a way out', (_name, state) => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    expect(state.Retry?.length).toBeGreaterThan(0);
    expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    for (const { ErrorEquals } of [...(state.Retry ?? []), ...(state.Catch ?? [])]) {
      if (ErrorEquals.includes('States.ALL')) expect(ErrorEquals).toEqual(['States.ALL']);
    }
  });

  it('has no state that nothing leads to', () => {
    const targets = states.flatMap(([, { Next, Default, Choices = [], Catch = [] }]) => [
      Next,
      Default,
      ...Choices.map((choice) => choice.Next),
      ...Catch.map((catcher) => catcher.Next),
    ]);

    expect(states.map(([name]) => name).filter((name) => name !== raw.StartAt && !targets.includes(name))).toEqual([]);
  });

  it('names no error of ours that the table does not have', () => {
    const named = JSON.stringify(raw).match(/Ccrepl\.\w+/g) ?? [];
    const known: string[] = [...codes.map(({ errorName }) => errorName), 'Ccrepl.Drift'];

    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('lets no input choose where or as what a task runs', () => {
    const { Cluster, TaskDefinition, NetworkConfiguration } = raw.States.Replicate.Parameters;

    expect(JSON.stringify([Cluster, TaskDefinition, NetworkConfiguration])).not.toMatch(/"\$\.|\(\$/);
  });
});
