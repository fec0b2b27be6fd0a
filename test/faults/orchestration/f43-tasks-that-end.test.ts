import { DEADLINE_SECONDS } from '../../../container/task.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { CANARIES } from '../../support/oracle/canaries.ts';
import { observeTask, type TaskScript } from '../../support/oracle/observe-task.ts';
import { Clone, refsOf, removeFolders } from '../../support/repository.ts';
import { randomNumbers } from '../../support/seed.ts';
import { TwoRegions } from '../../support/two-regions.ts';
import { exited, stateError, Workflow } from '../../support/workflow.ts';

describe('F43: the container’s program', () => {
  let two: TwoRegions;
  let clone: Clone;
  /** For packs that cannot be made small. */
  const random = randomNumbers(1);
  beforeAll(async () => {
    two = await TwoRegions.start('codecommit', [], { credentials: CANARIES });
    clone = await Clone.init();
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');
    expect(await observeTask(two)).toMatchObject({ code: 0, violations: [] });
  });
  beforeEach(async () => {
    await clone.commit(Array.from({ length: 3000 }, () => random(1e9).toString(36)).join('\n'));
    await clone.push(two.sourceUrl, 'main');
  });
  afterAll(async () => {
    await two.stop();
    await removeFolders();
  });

  const at: Pick<Fault, 'service' | 'phase' | 'at'> = {
    service: 'git-upload-pack',
    phase: 'answer',
    at: { byte: 3000 },
  };
  const midPack: Fault[] = [
    { ...at, act: { do: 'hook', name: 'stop' } },
    { ...at, act: { do: 'stall' } },
  ];
  const kill = (signal: NodeJS.Signals): TaskScript => ({
    hooks: ({ child }) => ({ stop: () => void child().kill(signal) }),
  });
  const heals = async (expected = 'replicated') => {
    expect(await observeTask(two)).toMatchObject({ code: 0, violations: [], result: { result: expected } });
    await two.expectEqual();
  };

  it('F43: that is told to stop in the middle of a pack ends by itself with 143, says what it has not written, and wrote nothing', async () => {
    const before = await refsOf(two.destinationPath);

    const seen = await observeTask(two, { ...kill('SIGTERM'), source: midPack });

    expect(seen.violations).toEqual([]);
    expect(seen.happened.source).toEqual([1, 1]);
    expect(seen.code).toBe(143);
    expect(seen.result).toMatchObject({
      result: 'failed',
      error: { code: 'terminated', retryable: true },
      heads: [{ status: 'not-written' }],
    });
    expect(await refsOf(two.destinationPath)).toBe(before);
    await heals();
  });

  it('F43: that is told to stop while the destination says nothing about a push leaves it to the next run to find what is there', async () => {
    const answered: Fault = { service: 'git-receive-pack', phase: 'whole', act: { do: 'hook', name: 'stop' } };
    const silent: Fault = { service: 'git-receive-pack', phase: 'whole', act: { do: 'stall' } };

    const seen = await observeTask(two, { ...kill('SIGTERM'), destination: [answered, silent] });

    expect(seen.violations).toEqual([]);
    expect(seen.happened.destination).toEqual([1, 1]);
    expect(seen).toMatchObject({ code: 143, result: { error: { code: 'terminated' } } });
    await heals('in-sync');
  });

  it('F43: that is killed in the middle of a pack leaves no half of anything', async () => {
    const before = await refsOf(two.destinationPath);

    const seen = await observeTask(two, { ...kill('SIGKILL'), source: midPack });

    expect(seen.violations).toEqual([]);
    expect(seen.happened.source).toEqual([1, 1]);
    expect(seen).toMatchObject({ code: null, stdout: '' });
    expect(await refsOf(two.destinationPath)).toBe(before);
    await heals();
  });

  it('F43: that is killed after the destination has taken a push, and before anybody heard of it, has done it', async () => {
    const answered: Fault = { service: 'git-receive-pack', phase: 'whole', act: { do: 'hook', name: 'stop' } };

    const seen = await observeTask(two, { ...kill('SIGKILL'), destination: [answered] });

    expect(seen.violations).toEqual([]);
    expect(seen.happened.destination).toEqual([1]);
    expect(seen).toMatchObject({ code: null, stdout: '' });
    await heals('in-sync');
  });

  it('F43: whose source stops for ever ends by itself at its deadline, with an error that is worth another try', async () => {
    const stall: Fault = { ...at, act: { do: 'stall' } };

    const seen = await observeTask(two, { source: [stall], env: { CCREPL_DEADLINE_SECONDS: '2' } });

    expect(seen.violations).toEqual([]);
    expect(seen.happened.source).toEqual([1]);
    expect(seen.code).toBe(10);
    expect(seen.result).toMatchObject({
      error: { code: 'transient', retryable: true, message: expect.stringContaining('did not end within 2 s') },
    });
    await heals();
  });
});

describe('F43: the state machine', () => {
  let flow: Workflow;
  beforeEach(async () => {
    flow = await Workflow.start();
    flow.push({ 'refs/heads/main': '2' });
  });
  afterEach(() => flow.stop());

  /** What a task can come to, and how many tasks are run when each does. */
  const ENDS: [string, Error, number][] = [
    ['exit code 143: told to stop', exited(143), 4],
    ['exit code 137: killed, or out of memory', exited(137), 2],
    ['exit code 1: a defect', exited(1), 1],
    ['a time-out of the state', stateError('States.Timeout', ''), 1],
  ];

  it.each(ENDS)(
    'F43: after %s, every time, runs a number of tasks, believes what is there, and tells people once',
    async (_what, error, tries) => {
      flow.onTask = () => {
        throw error;
      };
      const failed = await flow.run();
      const tasks = flow.tasks.length;
      await flow.run();

      expect(tasks).toBe(tries);
      expect(failed).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
      expect(flow.verdictsTold).toEqual(['behind']);

      flow.onTask = () => {};
      await flow.runSweep();
      expect(flow.isInSync()).toBe(true);
      expect(flow.verdictsTold).toEqual(['behind', 'in-sync']);
    },
  );

  it.each(ENDS)('F43: after %s, of a task that had done its work by then, is content', async (_what, error) => {
    flow.onTaskEnd = () => {
      throw error;
    };

    // What is tried again finds nothing more to do.
    expect((await flow.run()).status).toBe('SUCCEEDED');
    expect(flow.told).toEqual([]);
  });

  it('F43: does not believe a task that ends with 0 and has done nothing', async () => {
    flow.onTaskEnd = () => flow.destination.set('R', { 'refs/heads/main': '1' });

    const execution = await flow.run();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
    expect(execution.cause).toContain('refs/heads/main has moved at the source');
    expect(flow.verdictsTold).toEqual(['behind']);
    expect(await flow.record()).toMatchObject({ verdict: 'behind' });
  });

  it('F43: gives a task more time than the task gives itself, so that none is stopped without a word', () => {
    const { Replicate } = flow.replicate.definition.States as unknown as Record<string, { TimeoutSeconds: number }>;

    expect(Replicate?.TimeoutSeconds).toBeGreaterThanOrEqual(DEADLINE_SECONDS + 600);
  });

  it('F43: has the task of an execution that is stopped told to stop', async () => {
    const told = Promise.withResolvers<void>();
    flow.onTask = () => told.promise;
    const execution = flow.start();
    while (flow.running === 0) await new Promise(setImmediate);

    const stopped = flow.replicate.stop(execution);
    told.resolve();
    await stopped;

    expect(execution.status).toBe('ABORTED');
    // The task has seen that it was to stop: it wrote nothing.
    expect(flow.destination.get('R')).toEqual({ 'refs/heads/main': '1' });
    await flow.run();
    expect(flow.isInSync()).toBe(true);
  });
});
