import type { Execution } from '../../local/stepfunctions/machine.ts';
import type { SweepNews } from '../../replication/contract.ts';
import { exited, stateError, Workflow } from '../support/workflow.ts';

const IDS = Array.from({ length: 12 }, (_, n) => `R${String(n).padStart(2, '0')}`);
let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start(IDS);
});
afterEach(() => flow.stop());

const summaryOf = ({ output }: Execution) => JSON.parse(output ?? 'null');

it('over replicas in sync starts no task, and says so', async () => {
  const sweep = await flow.runSweep();

  expect(summaryOf(sweep)).toMatchObject({ replicas: 12, outcomes: { 'in-sync': 12 }, drifted: [], failed: [] });
  expect(summaryOf(sweep).says).toContain('12 replicas');
  expect(flow.tasks).toEqual([]);
  expect(flow.comparisons).toHaveLength(12);
  expect(flow.told).toEqual([]);
});

it('is linked with what it starts, by Step Functions’ own convention', async () => {
  const sweep = await flow.runSweep({ replica: 'R00' });

  expect(flow.replicate.executions.map(({ input }) => JSON.parse(input))).toEqual([
    { replica: 'R00', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: sweep.arn },
  ]);
});

it.each([
  [{ replica: 'R05' }, ['R05']],
  [{ repository: 'R06' }, ['R06']],
])('with %j looks at just that', async (input, ids) => {
  await flow.runSweep(input);

  expect(flow.comparisons.map(({ run }) => run.replica)).toEqual(ids);
});

it.each([
  [{ replica: 'no' }, '"no" is not a replica: expected one of "R00"'],
  [{ repository: 'no' }, '"no" is not the source repository of a replica: expected one of "R00"'],
  [{ replicas: [] }, 'unknown fields: "replicas"'],
  ['all', 'expected {} for all replicas'],
])('with the wrong input %j fails at its first state, and says what is expected', async (input, problem) => {
  const sweep = await flow.runSweep(input);

  expect(sweep.states).toEqual(['ReadSweepInput', 'WrongSweepInput']);
  expect(sweep).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Input', cause: expect.stringContaining(problem) });
});

it('goes on past replicas that drift, fail, or cannot be started, and names each', async () => {
  flow.strayPush('refs/heads/main', 'R01');
  flow.push({ 'refs/heads/main': '2' }, 'R02');
  flow.onTask = () => {
    throw exited(14);
  };
  flow.onCompare = (replica) => {
    if (replica === 'R04') throw stateError('Ccrepl.Missing', '404');
  };
  flow.onCall = (resource, parameters) => {
    if (resource.endsWith('startExecution.sync:2') && JSON.stringify(parameters).includes('R05'))
      throw stateError('StepFunctions.ExecutionLimitExceeded', 'too many');
  };

  const sweep = await flow.runSweep();

  expect(sweep.status).toBe('SUCCEEDED');
  expect(summaryOf(sweep)).toMatchObject({
    replicas: 12,
    outcomes: { 'in-sync': 8, drifted: 2, failed: 2 },
    drifted: ['R01', 'R02'],
    failed: ['R04', 'R05'],
  });
  expect(flow.verdictsTold.sort()).toEqual(['behind', 'diverged', 'unknown']);
});

it('counts a replica at work as coalesced', async () => {
  flow.push({ 'refs/heads/main': '2' }, 'R00');
  let [begun, go] = [() => {}, () => {}];
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  flow.onTask = () => {
    begun();
    return gate;
  };
  const first = flow.start({ replica: 'R00' });
  await started;

  const summary = summaryOf(await flow.runSweep());
  go();
  await first.ended;

  expect(summary).toMatchObject({ outcomes: { 'in-sync': 11, coalesced: 1 } });
});

it('works for twenty replicas at a time at most', async () => {
  await flow.stop();
  flow = await Workflow.start(Array.from({ length: 45 }, (_, n) => `R${n}`));
  let [open, most] = [0, 0];
  flow.onState = (_execution, state) => {
    if (state === 'ReadInput') most = Math.max(most, ++open);
    if (state === 'InSync') open -= 1;
  };

  expect(summaryOf(await flow.runSweep())).toMatchObject({ outcomes: { 'in-sync': 45 } });
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(20);
});

describe('of which many replicas are in trouble', () => {
  const troubled = IDS.slice(0, 9);
  beforeEach(() => {
    for (const id of troubled) flow.strayPush('refs/heads/main', id);
  });

  const digests = () => flow.told.flatMap((request) => ('digest' in request ? [request] : []));
  const namedIn = (request: SweepNews | undefined) => request?.digest.news.map(({ replica }) => replica) ?? [];
  const aloneTold = () => flow.told.flatMap((request) => ('state' in request ? [request.state.run.replica] : []));

  it('sends five messages and one digest of the others, and nothing more in the next sweep', async () => {
    const sweep = await flow.runSweep();
    flow.advance(900);
    await flow.runSweep();

    expect(digests()).toMatchObject([{ execution: sweep.arn, digest: { replicas: 12 } }]);
    expect(digests()[0]?.digest.news[0]).toMatchObject({ verdict: 'diverged', kind: 'diverged:diverged' });
    expect(aloneTold()).toHaveLength(5);
    expect([...aloneTold(), ...namedIn(digests()[0])].sort()).toEqual(troubled);
    expect(summaryOf(sweep)).toMatchObject({ outcomes: { drifted: 9, 'in-sync': 3 }, drifted: troubled });
  });

  it('counts nobody as told whom the digest has not told: the next sweep tells them', async () => {
    let stopped: Promise<void> | undefined;
    flow.onState = (execution, state) => {
      if (state === 'ReadNews') stopped ??= flow.sweep.stop(execution);
    };
    await flow.runSweep();
    await stopped;
    const alone = aloneTold();
    flow.told.length = 0;

    await flow.runSweep();

    expect(alone).toHaveLength(5);
    expect([...alone, ...aloneTold(), ...digests().flatMap(namedIn)].sort()).toEqual(troubled);
  });

  it('leaves out of the digest what is over by its end', async () => {
    flow.onState = (_execution, state) => {
      if (state !== 'ReadNews') return;
      for (const id of troubled) flow.destination.set(id, { ...flow.source.get(id) });
    };
    flow.onCall = async (resource, parameters) => {
      if (!resource.endsWith('getItem') || !JSON.stringify(parameters).includes('sweep:')) return;
      flow.onCall = () => {};
      await Promise.all(troubled.map((id) => flow.run({ replica: id })));
    };

    await flow.runSweep();

    expect(digests()).toEqual([]);
  });

  it('reminds of all of them a day later, in one digest too', async () => {
    await flow.runSweep();
    flow.told.length = 0;
    flow.advance(86_401);

    await flow.runSweep();

    expect(aloneTold()).toHaveLength(5);
    expect([...aloneTold(), ...digests().flatMap(namedIn)].sort()).toEqual(troubled);
  });

  it('tells their recovery in one digest too', async () => {
    await flow.runSweep();
    flow.told.length = 0;
    for (const id of troubled) flow.destination.set(id, { ...flow.source.get(id) });

    await flow.runSweep();

    expect(flow.verdictsTold.sort()).toEqual([...Array(5).fill('in-sync'), 'digest'].sort());
  });

  it('falls back to a plain digest, and fails if that cannot be sent either', async () => {
    flow.onAlert = () => {
      if (flow.told.some((request) => 'digest' in request)) throw stateError('Runtime.ExitError', 'bug');
    };
    const plain = await flow.runSweep();

    expect(plain.status).toBe('SUCCEEDED');
    expect(flow.topic.inbox).toMatchObject([
      { subject: 'ccrepl: news of many replicas, and the alert function failed' },
    ]);
    expect(flow.topic.inbox[0]?.message).toContain('9 drifted');

    flow.advance(2 * 86_400);
    flow.onPublish = () => {
      throw stateError('SNS.NotFoundException', 'no topic');
    };
    const failed = await flow.runSweep();
    expect(failed).toMatchObject({ status: 'FAILED', error: 'SNS.NotFoundException' });
    expect(failed.states.at(-1)).toBe('DigestFailed');
  });

  it('keeps its notes for a week at most', async () => {
    const sweep = await flow.runSweep();

    const note = await flow.record(`sweep:${sweep.arn}`);

    expect(Number(note['expiresAt'])).toBe(Date.parse('2026-01-08T00:00:00.000Z') / 1000);
  });
});
