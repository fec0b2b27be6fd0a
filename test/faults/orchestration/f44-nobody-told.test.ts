import { stateError, Workflow } from '../../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start();
});
afterEach(() => flow.stop());

const drift = () => flow.strayPush('refs/heads/main');
const heal = () => flow.destination.set('R', { ...flow.source.get('R') });
/** The function and the plain publication behind it meet the same topic. */
const topicFails = (error: Error | undefined) => {
  flow.onAlert = flow.onPublish = () => {
    if (error !== undefined) throw error;
  };
};
let published = 0;
beforeEach(() => {
  published = 0;
});

describe.each([
  ['throttles', stateError('SNS.ThrottledException', 'Rate exceeded')],
  ['has a disabled key', stateError('SNS.KmsDisabledException', 'the key is disabled')],
  ['is gone', stateError('SNS.NotFoundException', 'Topic does not exist')],
])('F44: a topic that %s', (_what, error) => {
  it('F44: fails the execution, whatever it found, in the state that an alarm looks at, after five tries on each of two ways', async () => {
    drift();
    topicFails(error);
    flow.onPublish = () => {
      published += 1;
      throw error;
    };

    const execution = await flow.run();

    expect([flow.told.length, published]).toEqual([5, 5]);
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'Ccrepl.AlertFailed',
      cause: `The replica R is diverged, and nobody could be told: ${error.name}: ${error.message}`,
    });
    // test/infra/alarms.test.ts: each Fail state that nobody was told of has a metric filter and an alarm, and this one's tells a second topic.
    expect(execution.states.at(-1)).toBe('NobodyTold');
    expect(await flow.record()).not.toHaveProperty('told');
    expect(await flow.record()).not.toHaveProperty('holder');
  });

  it('F44: has people told once when it works again, and once when all is well', async () => {
    drift();
    topicFails(error);
    for (let n = 0; n < 3; n++) await flow.run();
    flow.told.length = 0;
    topicFails(undefined);
    for (let n = 0; n < 3; n++) await flow.run();
    heal();
    for (let n = 0; n < 2; n++) await flow.run();

    expect(flow.verdictsTold).toEqual(['diverged', 'in-sync']);
    expect(flow.topic.inbox).toEqual([]);
  });

  it('F44: for a moment is tried again, and people are told once', async () => {
    drift();
    flow.onAlert = (count) => {
      if (count < 5) throw error;
    };

    const execution = await flow.run();

    expect(execution.error).toBe('Ccrepl.Drift');
    expect(flow.told).toHaveLength(5);
    expect(flow.topic.inbox).toEqual([]);
    expect(await flow.record()).toMatchObject({ told: 'diverged' });
  });

  it('F44: fails a sweep whose digest nobody gets, and the next sweep tells it', async () => {
    await flow.stop();
    const ids = Array.from({ length: 8 }, (_, n) => `R${n}`);
    flow = await Workflow.start(ids);
    for (const id of ids) flow.strayPush('refs/heads/main', id);
    topicFails(error);

    const failed = await flow.runSweep();
    flow.told.length = 0;
    topicFails(undefined);
    await flow.runSweep();

    expect(failed).toMatchObject({ status: 'FAILED', error: error.name });
    expect(failed.states.at(-1)).toBe('DigestFailed');
    const named = flow.told.flatMap((request) =>
      'digest' in request ? request.digest.news.map(({ replica }) => replica) : [request.state.run.replica],
    );
    expect(named.sort()).toEqual(ids);
  });
});

it('F44: good news that nobody hears fail the execution as well, and are told by the next', async () => {
  drift();
  await flow.run();
  heal();
  topicFails(stateError('SNS.NotFoundException', 'no topic'));
  const healed = await flow.run();
  topicFails(undefined);
  const next = await flow.run();

  expect(healed.error).toBe('Ccrepl.AlertFailed');
  expect(next.status).toBe('SUCCEEDED');
  expect(flow.verdictsTold.at(-1)).toBe('in-sync');
});
