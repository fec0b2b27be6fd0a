import type { Execution } from '../../local/stepfunctions/machine.ts';
import { ERROR_TABLE } from '../../replication/errors.ts';
import { exited, stateError, Workflow } from '../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start(['R', 'other']);
});
afterEach(() => flow.stop());

const end = ({ status, error }: Execution) => [status, error].filter(Boolean).join(' ');
const behind = () => flow.push({ 'refs/heads/main': '2' });
const outputOf = ({ output }: Execution) => JSON.parse(output ?? 'null');
/** All tasks end so. */
const tasksEnd = (error: Error) => {
  flow.onTask = () => {
    throw error;
  };
};

it('starts no task for a replica in sync, and lets go in the write that records the proof', async () => {
  const execution = await flow.run();

  expect(execution.states).toEqual([
    'ReadInput',
    'AcquireLease',
    'CompareHeads',
    'AnythingToReplicate',
    'SettleInSync',
    'InSync',
  ]);
  expect(outputOf(execution)).toEqual({
    replica: 'R',
    outcome: 'in-sync',
    verdict: 'in-sync',
    heads: 1,
    verifiedAt: '2026-01-01T00:00:00.000Z',
  });
  expect(flow.tasks).toEqual([]);
  expect(flow.told).toEqual([]);
  expect(await flow.record()).toEqual({
    replica: 'R',
    verdict: 'in-sync',
    kind: 'in-sync',
    verifiedAt: '2026-01-01T00:00:00.000Z',
    inSyncSince: '2026-01-01T00:00:00.000Z',
    heads: '1',
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    lastExecution: execution.arn,
  });
});

it('runs a task for a replica that is behind, and succeeds once a fresh comparison proves it', async () => {
  behind();
  flow.onTaskEnd = () => flow.advance(70);

  const execution = await flow.run();

  expect(execution.states.slice(4)).toEqual([
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
  expect(outputOf(execution)).toMatchObject({ outcome: 'replicated', verdict: 'in-sync', heads: 1 });
  expect(flow.isInSync()).toBe(true);
  expect(await flow.record()).toMatchObject({
    verdict: 'in-sync',
    verifiedAt: '2026-01-01T00:01:10.000Z',
    lagSeconds: '70',
    lastExecution: execution.arn,
  });
  expect(await flow.record()).not.toHaveProperty('holder');
  expect(await flow.record()).not.toHaveProperty('wantedSince');
});

it('keeps since when all is well over many looks, and moves on when it was last verified', async () => {
  await flow.run();
  flow.advance(900);
  await flow.run();

  expect(await flow.record()).toMatchObject({
    inSyncSince: '2026-01-01T00:00:00.000Z',
    verifiedAt: '2026-01-01T00:15:00.000Z',
  });
});

it('gives the task its replica, the execution, and nothing that an input could choose', async () => {
  behind();
  let parameters: unknown;
  const { replicate } = flow;
  flow.onState = (_execution, state) => {
    if (state === 'Replicate') parameters = replicate.definition.States['Replicate'];
  };

  await flow.run();

  const { Cluster, TaskDefinition, NetworkConfiguration, Overrides } = (parameters as { Parameters: never })[
    'Parameters'
  ] as Record<string, unknown>;
  expect(JSON.stringify([Cluster, TaskDefinition, NetworkConfiguration])).not.toMatch(/"\$\.|\(\$/);
  expect(JSON.stringify(Overrides)).toContain('"Value.$":"$.compared.result.task"');
});

it('runs the task although the replica is in sync if a person forces it, once', async () => {
  const execution = await flow.run({ replica: 'R', force: 'task' });

  expect(outputOf(execution)).toMatchObject({ outcome: 'replicated' });
  expect(flow.tasks).toEqual(['R']);
});

it('passes a confirmation on to every comparison', async () => {
  behind();

  await flow.run({ replica: 'R', confirm: '0123456789abcdef' });

  expect(flow.comparisons.map(({ run }) => run.confirm)).toEqual(['0123456789abcdef', '0123456789abcdef']);
});

describe('an input', () => {
  it.each([
    [{}, '"replica" is missing'],
    ['R', 'the input is "R"'],
    [[], 'the input is []'],
    [{ replica: 7 }, '"replica" is 7'],
    [{ replica: 'r' }, '"r" is not a replica'],
    [{ replica: 'R', url: 'https://evil' }, 'unknown fields: "url"'],
    [{ replica: 'R', confirm: 'yes' }, '"confirm" is "yes"'],
    [{ replica: 'R', force: 'push' }, '"force" is "push"'],
  ])('of %j fails the execution at its first state, with what is wrong and the ids', async (input, problem) => {
    const execution = await flow.run(input);

    expect(execution.states).toEqual(['ReadInput', 'WrongInput']);
    expect(end(execution)).toBe('FAILED Ccrepl.Input');
    expect(execution.cause).toContain(problem);
    expect(execution.cause).toContain('"R", "other"');
    expect([flow.comparisons, flow.told]).toEqual([[], []]);
    expect(await flow.record()).toEqual({});
  });
});

describe('a task', () => {
  it('that says it failed is not believed either', async () => {
    behind();
    flow.onTaskEnd = () => {
      throw exited(12);
    };

    expect(end(await flow.run())).toBe('SUCCEEDED');
    expect(flow.told).toEqual([]);
  });

  it.each([10, 11, 143])(
    'that fails in passing (%d) is tried again, and nobody is told when that helps',
    async (code) => {
      behind();
      flow.onTask = (_replica, count) => {
        if (count < 3) throw exited(code);
      };

      expect(end(await flow.run())).toBe('SUCCEEDED');
      expect(flow.tasks).toHaveLength(3);
      expect(flow.told).toEqual([]);
    },
  );

  const codes = Object.values(ERROR_TABLE);
  it.each<[string, Error, number]>([
    ...codes.map(({ exitCode, retryable, says }): [string, Error, number] => [
      `exit code ${exitCode} (${says})`,
      exited(exitCode),
      exitCode === 19 ? 21 : retryable ? 4 : 1,
    ]),
    ['exit code 1010, which is none of the table', exited(1010), 1],
    ['a Cause that is no JSON', stateError('States.TaskFailed', 'something else'), 1],
    ['a Cause that was cut', stateError('States.TaskFailed', '{"Containers":[{"ExitCo'), 1],
    ['no Cause', stateError('States.TaskFailed', ''), 1],
  ])(
    'that always ends with %s has its number of tries, then people are told once, with why',
    async (_what, error, tries) => {
      behind();
      tasksEnd(error);

      const execution = await flow.run();

      expect(flow.tasks).toHaveLength(tries);
      expect(end(execution)).toBe('FAILED Ccrepl.Drift');
      expect(flow.told).toMatchObject([
        { state: { outcome: { verdict: 'behind' }, tries: { task: { Error: error.name, Cause: error.message } } } },
      ]);
    },
  );

  it('has a number of tries for each kind of failure of its own', async () => {
    behind();
    const ends = [
      exited(11),
      exited(10),
      exited(undefined),
      exited(11),
      exited(10),
      exited(11),
      exited(143),
      exited(10),
    ];
    flow.onTask = (_replica, count) => {
      throw ends[count - 1] as Error;
    };

    await flow.run();

    expect(flow.tasks).toHaveLength(8);
  });

  it('is tried again at once after a conflict, and after a random part of 10, 60, 240 seconds otherwise', async () => {
    behind();
    tasksEnd(exited(10));
    const first = await flow.run();
    tasksEnd(exited(11));
    const second = await flow.run();

    expect(first.states.filter((state) => state === 'PauseBeforeAttempt')).toHaveLength(3);
    expect(second.states.filter((state) => state.startsWith('Pause'))).toEqual(['PauseBeforeLooking']);
    const { tries } = (flow.told[0] as unknown as { state: { tries: { transient: { pauseSeconds: number } } } }).state;
    expect(tries.transient.pauseSeconds).toBeGreaterThanOrEqual(1);
    expect(tries.transient.pauseSeconds).toBeLessThanOrEqual(240);
  });
});

describe('a comparison', () => {
  it.each(['first', 'last'])('that fails in passing is tried again: the %s one', async (which) => {
    behind();
    let failures = 0;
    flow.onCompare = (_replica, count) => {
      if (count > (which === 'first' ? 0 : 1) && failures++ < 5) throw stateError('Ccrepl.Transient', 'reset');
    };

    expect(end(await flow.run())).toBe('SUCCEEDED');
    expect(flow.told).toEqual([]);
  });

  it.each([
    ['Ccrepl.Auth', 1],
    ['Ccrepl.Missing', 1],
    ['Ccrepl.Protocol', 1],
    ['Ccrepl.Quota', 1],
    ['Ccrepl.Internal', 1],
    ['Ccrepl.Transient', 7],
    ['Lambda.ServiceException', 7],
    ['Lambda.TooManyRequestsException', 11],
    ['Lambda.Unknown', 3],
    ['Runtime.ExitError', 3],
    ['States.Timeout', 3],
  ])('that always ends in %s is tried %d times, then people are told that nothing is known', async (name, tries) => {
    flow.onCompare = () => {
      throw stateError(name, 'why');
    };

    const execution = await flow.run();

    expect(flow.comparisons).toHaveLength(tries);
    expect(execution).toMatchObject({ status: 'FAILED', error: name, cause: 'why' });
    expect(flow.verdictsTold).toEqual(['unknown']);
    expect(await flow.record()).toMatchObject({ verdict: 'unknown', lastError: name, lastCause: 'why' });
    expect(await flow.record()).not.toHaveProperty('holder');
  });
});

it('starts no task where none could help, looks twice, and tells people once', async () => {
  flow.strayPush('refs/heads/main');

  const execution = await flow.run();

  expect(execution.states.slice(2, 8)).toEqual([
    'CompareHeads',
    'AnythingToReplicate',
    'PauseBeforeLooking',
    'LookAgain',
    'IsDriftStable',
    'Drifted',
  ]);
  expect(execution.states.at(-1)).toBe('Failed');
  expect(end(execution)).toBe('FAILED Ccrepl.Drift');
  expect(flow.tasks).toEqual([]);
  expect(flow.told).toMatchObject([
    {
      execution: execution.arn,
      startedAt: '2026-01-01T00:00:00.000Z',
      state: { run: { replica: 'R' }, compared: { result: { verdict: 'diverged' } }, outcome: { verdict: 'diverged' } },
    },
  ]);
});

it('replicates the other heads of a replica with a diverged one, then tells people of that one alone', async () => {
  flow.strayPush('refs/heads/main');
  flow.push({ 'refs/heads/main': '2', 'refs/heads/feature': '3' });
  flow.onTaskEnd = () => {
    throw exited(13);
  };

  const execution = await flow.run();

  expect(flow.destination.get('R')).toEqual({ 'refs/heads/main': '9', 'refs/heads/feature': '3' });
  expect(end(execution)).toBe('FAILED Ccrepl.Drift');
  expect(flow.told).toMatchObject([
    { state: { compared: { result: { verdict: 'diverged', differences: [{ ref: 'refs/heads/main' }] } } } },
  ]);
});

it('fails, and says why, when the table cannot be reached', async () => {
  flow.onCall = (resource) => {
    if (resource.includes('dynamodb')) throw stateError('DynamoDB.ThrottlingException', 'Rate exceeded');
  };

  const execution = await flow.run();

  expect(execution.states).toEqual(['ReadInput', 'AcquireLease', 'BookkeepingFailed']);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'DynamoDB.ThrottlingException', cause: 'Rate exceeded' });
});

it('waits out a table that cannot be reached for a moment', async () => {
  behind();
  let failures = 0;
  flow.onCall = (resource) => {
    if (resource.includes('dynamodb') && failures++ % 3 !== 2)
      throw stateError('DynamoDB.InternalServerErrorException', 'once');
  };

  expect(end(await flow.run())).toBe('SUCCEEDED');
});
