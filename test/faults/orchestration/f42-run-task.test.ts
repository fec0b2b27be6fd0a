import { exited, stateError, Workflow } from '../../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start();
  flow.push({ 'refs/heads/main': '2' });
});
afterEach(() => flow.stop());

/** A task that never started, with the reason that AWS gives. */
const notStarted = (StoppedReason: string) => exited(undefined, { StoppedReason });
const INIT = 'ResourceInitializationError: unable to pull secrets or registry auth';

/** What RunTask can come to, and how many tasks are asked for when it always does. */
const ENDS: [string, Error, number][] = [
  ['failures[] (by the documentation)', stateError('AmazonECS.Unknown', '{"failures":[{"reason":"RESOURCE:ENI"}]}'), 6],
  ['no capacity (by practice)', stateError('ECS.AmazonECSException', 'Capacity is unavailable at this time'), 6],
  [
    'no capacity, seen only by the task',
    notStarted('Capacity is unavailable at this time. Please try again later.'),
    4,
  ],
  ['throttling', stateError('ECS.ThrottlingException', 'Rate exceeded'), 6],
  ['throttling of the look-up of the network', stateError('ECS.InvalidParameterException', 'Rate exceeded'), 6],
  ['HTTP 500', stateError('ECS.ServerException', 'Service Unavailable'), 6],
  ['ResourceInitializationError', notStarted(INIT), 2],
  ['CannotPullContainerError', notStarted('CannotPullContainerError: no such image'), 2],
  ['denied access', stateError('ECS.AccessDeniedException', 'not authorized to perform: ecs:RunTask'), 1],
];

it.each(ENDS)(
  'F42: RunTask that always ends in %s is asked so often, then people are told once, with why',
  async (_what, error, tries) => {
    flow.onTask = () => {
      throw error;
    };

    const failed = await flow.run();
    flow.advance(900);
    await flow.runSweep();

    expect(failed).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
    expect(flow.tasks).toHaveLength(2 * tries);
    expect(flow.told).toMatchObject([
      { state: { outcome: { verdict: 'behind' }, tries: { task: { Error: error.name, Cause: error.message } } } },
    ]);
    expect(flow.destination.get('R')).toEqual({ 'refs/heads/main': '1' });
    expect(await flow.record()).not.toHaveProperty('holder');

    flow.onTask = () => {};
    flow.advance(900);
    await flow.runSweep();

    expect(flow.isInSync()).toBe(true);
    expect(flow.verdictsTold).toEqual(['behind', 'in-sync']);
  },
);

it.each(ENDS.filter(([, , tries]) => tries > 1))(
  'F42: RunTask that ends in %s, and at the last try does not, is told to nobody',
  async (_what, error, tries) => {
    flow.onTask = (_replica, count) => {
      if (count < tries) throw error;
    };

    const execution = await flow.run();

    expect(execution.status).toBe('SUCCEEDED');
    expect(flow.tasks).toHaveLength(tries);
    expect(flow.isInSync()).toBe(true);
    expect(flow.told).toEqual([]);
  },
);

it('F42: all that is asked again for want of capacity or for throttling comes back at random moments', () => {
  const { Replicate, AgainLater } = flow.replicate.definition.States as unknown as Record<
    string,
    { Retry: { ErrorEquals: string[]; JitterStrategy?: string }[]; Parameters: Record<string, string> }
  >;
  const names = ENDS.map(([, { name }]) => name).filter((name) => !/TaskFailed|AccessDenied/.test(name));
  const retried = Replicate?.Retry.flatMap((rule) => rule.ErrorEquals.map((name) => [name, rule.JitterStrategy])) ?? [];

  expect(Object.fromEntries(retried)).toEqual(Object.fromEntries(names.map((name) => [name, 'FULL'])));
  expect(AgainLater?.Parameters['pauseSeconds.$']).toMatch(/^States\.MathRandom\(1, /);
});
