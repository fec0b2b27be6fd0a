import { join } from 'node:path';
import { LocalTopic } from '../../local/sns/topic.ts';
import { loadDefinition } from '../../local/stepfunctions/definition.ts';
import { snsPublish, stateError } from '../../local/stepfunctions/integrations.ts';
import { LocalMachine } from '../../local/stepfunctions/machine.ts';
import type { AlertRequest, Comparison } from '../../replication/contract.ts';
import { composeNotice } from '../../replication/notice.ts';

const TOPIC = 'arn:aws:sns:r:111122223333:t';
const definition = loadDefinition(join(import.meta.dirname, '..', '..', 'state-machines', 'replicate.asl.json'), {
  CompareHeadsFunctionArn: 'compare-heads',
  AlertFunctionArn: 'alert',
  ClusterArn: 'cluster',
  TaskDefinitionArn: 'task-definition',
  SubnetIds: 'subnet-1',
  SecurityGroupIds: 'sg-1',
  AssignPublicIp: 'ENABLED',
  TopicArn: TOPIC,
});

const COMPARISON: Comparison = {
  replica: 'R',
  verdict: 'behind',
  replicable: true,
  counts: { source: 1, destination: 0, inSync: 0, create: 1, update: 0, delete: 0, keep: 0, refuse: 0 },
  differences: [
    { ref: 'refs/heads/main', expected: '1'.repeat(40), found: null, action: 'create', reason: 'new-at-source' },
  ],
  differencesOmitted: 0,
  ignored: {},
  task: '{"id":"R"}',
};
const BEHIND = COMPARISON;
const IN_SYNC: Comparison = { ...COMPARISON, verdict: 'in-sync', replicable: false, differences: [] };

const failed = (cause: string): Error => stateError('States.TaskFailed', cause);
const exited = (code: number): Error => failed(JSON.stringify({ Containers: [{ Name: 'replicate', ExitCode: code }] }));

interface Script {
  /** One answer a comparison; the last is repeated. */
  compare: (Comparison | Error)[];
  /** One outcome a task; the last is repeated. */
  task?: (undefined | Error)[];
  /** One outcome a call of the alert function; the last is repeated. */
  alert?: (undefined | Error)[];
}

/** The real state machine against a script, without its pauses, in front of a real topic. */
function scripted({ compare, task = [undefined], alert = [undefined] }: Script) {
  const topic = new LocalTopic(TOPIC, () => {});
  const calls = { compare: 0, task: 0, alert: [] as AlertRequest[] };
  const nth = <T>(answers: readonly T[], count: number): T => answers[Math.min(count, answers.length) - 1] as T;
  const give = <T>(answer: T | Error): T => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const machine = new LocalMachine({
    arn: 'arn:aws:states:r:111122223333:stateMachine:m',
    definition,
    pauseMs: 0,
    integrations: {
      'arn:aws:states:::lambda:invoke': async (call: { FunctionName: string; Payload: AlertRequest }) => {
        if (call.FunctionName === 'alert') {
          calls.alert.push(call.Payload);
          return { Payload: give(nth(alert, calls.alert.length)) ?? {} };
        }
        calls.compare += 1;
        return { Payload: give(nth(compare, calls.compare)) };
      },
      'arn:aws:states:::ecs:runTask.sync': async () => {
        calls.task += 1;
        return give(nth(task, calls.task)) ?? {};
      },
      'arn:aws:states:::sns:publish': snsPublish(topic),
    },
  });
  return { machine, calls, topic };
}

async function run(script: Script, input: unknown = { replica: 'R' }) {
  const { machine, calls, topic } = scripted(script);
  const execution = machine.start(JSON.stringify(input));
  await execution.ended;
  return { execution, calls, inbox: topic.inbox };
}

describe('an input that names no replica', () => {
  it.each([{}, { replica: 7 }, [], 'R', 7])('ends in an error that says so: %j', async (input) => {
    const why = 'the input is wrong: expected {"replica":"ID"}';

    const { execution, calls, inbox } = await run({ compare: [stateError('Ccrepl.Input', why)] }, input);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Input', cause: why });
    expect([calls.alert, inbox]).toEqual([[], []]);
  });
});

describe('what a failed task says of itself', () => {
  it.each(['', 'CannotPullContainerError: no such image', '{', '{not JSON}', '{"Containers":[{"ExitCo'])(
    'may be no JSON: %j ends in a comparison, and people are told',
    async (cause) => {
      const { execution, calls } = await run({ compare: [BEHIND], task: [failed(cause)] });

      expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
      expect(calls).toMatchObject({ compare: 2, task: 1 });
      expect(calls.alert).toHaveLength(1);
    },
  );

  it.each(['{}', '{"Containers":[]}', '{"Containers":[{"Name":"replicate","ExitCode":null}]}'])(
    'may name no exit code: %s ends in an answer, not in a broken machine',
    async (cause) => {
      const { execution, calls } = await run({ compare: [BEHIND, IN_SYNC], task: [failed(cause)] });

      expect(execution.status).toBe('SUCCEEDED');
      expect(calls.task).toBeGreaterThanOrEqual(1);
      expect(calls.task).toBeLessThanOrEqual(4);
    },
  );
});

describe('tries', () => {
  it.each([
    [1, 5],
    [2, 30],
    [3, 120],
  ])('of a task that fails in passing: before number %i after the first, the pause is %i s', async (count, pause) => {
    const task = [...Array.from({ length: count }, () => exited(10)), exited(12)];

    const { calls } = await run({ compare: [BEHIND], task });

    expect(calls.task).toBe(count + 1);
    expect(calls.alert).toMatchObject([{ state: { attempts: { count, pauseSeconds: pause } } }]);
  });

  it('of one execution leave those of the next as many', async () => {
    const { machine, calls } = scripted({ compare: [BEHIND], task: [exited(10)] });

    const both = [machine.start('{"replica":"R"}'), machine.start('{"replica":"R"}')];
    await Promise.all(both.map(({ ended }) => ended));
    const atOnce = calls.task;
    await machine.start('{"replica":"R"}').ended;

    expect([atOnce, calls.task]).toEqual([8, 12]);
  });

  it('end with the sixth when no task can be placed, and the message says why', async () => {
    const { execution, calls } = await run({
      compare: [BEHIND],
      task: [stateError('ECS.AmazonECSException', 'Capacity is unavailable')],
    });

    expect(calls.task).toBe(6);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
    expect(calls.alert).toMatchObject([
      { state: { failure: { Error: 'ECS.AmazonECSException', Cause: 'Capacity is unavailable' } } },
    ]);
  });

  it.each(['first', 'last'])('of a comparison end with the sixth, and people are told: the %s one', async (which) => {
    const down = stateError('Ccrepl.Transient', 'connection reset');

    const { execution, calls } = await run({ compare: which === 'first' ? [down] : [BEHIND, down] });

    expect(calls.compare).toBe(which === 'first' ? 6 : 7);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Transient', cause: 'connection reset' });
    expect(calls.alert).toHaveLength(1);
  });

  it('of the alert function end with the first that succeeds, and nothing else is sent', async () => {
    const { calls, inbox } = await run({
      compare: [stateError('Ccrepl.Auth', 'denied')],
      alert: [stateError('Lambda.ServiceException', 'once'), undefined],
    });

    expect(calls.alert).toHaveLength(2);
    expect(inbox).toEqual([]);
  });
});

it('starts no second task after a time-out, and believes the comparison', async () => {
  const { execution, calls } = await run({ compare: [BEHIND, IN_SYNC], task: [stateError('States.Timeout', '')] });

  expect(execution.status).toBe('SUCCEEDED');
  expect(calls).toMatchObject({ compare: 2, task: 1, alert: [] });
});

it('replicates the other heads of a replica with a diverged one, then tells people of that', async () => {
  const { execution, calls } = await run({
    compare: [
      { ...BEHIND, verdict: 'diverged' },
      { ...BEHIND, verdict: 'diverged', replicable: false },
    ],
    task: [exited(13)],
  });

  expect(calls.task).toBe(1);
  expect(calls.alert).toHaveLength(1);
  expect(execution.cause).toContain('R is diverged');
});

describe('what the alert function receives', () => {
  const links = { stateMachineArn: 'machine', executionUrl: 'url', sourceUrl: 'source', destinationUrl: 'destination' };
  const subjectAndText = (request: AlertRequest | undefined) => {
    const { subject, message } = composeNotice(request as AlertRequest, undefined, links);
    return `${subject}\n${message}`;
  };

  it('is, of a drift, the request of the contract: the execution, its input, the comparison, the failure', async () => {
    const input = { replica: 'R' };

    const { execution, calls } = await run({ compare: [BEHIND], task: [exited(14)] }, input);

    const [request] = calls.alert;
    expect(request).toEqual({
      execution: execution.arn,
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      input,
      state: {
        ...input,
        compared: { result: COMPARISON },
        attempts: { count: 0 },
        failure: { Error: 'States.TaskFailed', Cause: exited(14).message },
        outcome: { Error: 'Ccrepl.Drift', Cause: expect.stringContaining('R is behind') },
      },
    });
    const text = subjectAndText(request);
    for (const part of ['R is behind', 'refs/heads/main', '1'.repeat(40), 'exit code 14: access was denied']) {
      expect(text).toContain(part);
    }
  });

  it('is, of sides that could not be read, the request of the contract without a comparison', async () => {
    const { execution, calls } = await run({ compare: [stateError('Ccrepl.Missing', 'Source does not exist')] });

    const [request] = calls.alert;
    const failure = { Error: 'Ccrepl.Missing', Cause: 'Source does not exist' };
    expect(request).toEqual({
      execution: execution.arn,
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      input: { replica: 'R' },
      state: { replica: 'R', failure, outcome: failure },
    });
    for (const part of ['R could not be checked', 'Ccrepl.Missing', 'Source does not exist']) {
      expect(subjectAndText(request)).toContain(part);
    }
  });
});

describe('the plain message, when the alert function is broken', () => {
  it.each(['why', '{} {0} $.x \'quoted\' "twice"', '{"errorMessage":"as JSON"}', 'é日本\u0007\n'])(
    'is one that SNS takes, and says which execution failed and why, whatever the Cause: %j',
    async (cause) => {
      const { execution, inbox } = await run({
        compare: [stateError('Ccrepl.Protocol', cause)],
        alert: [stateError('Runtime.ExitError', 'bug')],
      });

      expect(inbox).toHaveLength(1);
      expect(inbox[0]?.message).toContain(`Execution: ${execution.arn} Error: Ccrepl.Protocol Cause: ${cause}`);
      expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Protocol', cause });
    },
  );
});
