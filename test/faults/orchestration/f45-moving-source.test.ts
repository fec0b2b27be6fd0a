import type { Execution } from '../../../local/stepfunctions/machine.ts';
import { randomNumbers, seed } from '../../support/seed.ts';
import { exited, Workflow } from '../../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start();
});
afterEach(() => flow.stop());

const outcomeOf = ({ output }: Execution) => JSON.parse(output ?? '{}');

describe('F45: a source that moves while it is compared', () => {
  it('F45: once leads to another round, and is no drift', async () => {
    flow.push({ 'refs/heads/main': '2' });
    flow.onCompare = (_replica, count) => {
      if (count === 2) flow.push({ 'refs/heads/main': '3' });
    };

    const execution = await flow.run();

    expect(execution.states.filter((state) => /SourceMoved|PauseForSource/.test(state))).toEqual([
      'SourceMoved',
      'PauseForSource',
    ]);
    expect(outcomeOf(execution)).toMatchObject({ outcome: 'replicated', verdict: 'in-sync' });
    expect(flow.tasks).toHaveLength(2);
    expect(flow.told).toEqual([]);
  });

  it('F45: between the readings of both sides is no drift', async () => {
    flow.onBetween = (_replica, count) => {
      if (count === 1) flow.push({ 'refs/heads/main': '2' });
    };

    expect(outcomeOf(await flow.run())).toMatchObject({ outcome: 'replicated' });
    expect(flow.told).toEqual([]);
  });

  it('F45: always ends as following after five more rounds with growing pauses; nobody is told, and the lease is free', async () => {
    flow.push({ 'refs/heads/main': '2' });
    flow.onCompare = (_replica, count) => flow.push({ 'refs/heads/main': String(2 + (count % 6)) });

    const execution = await flow.run();

    expect(outcomeOf(execution)).toEqual({ replica: 'R', outcome: 'following', verdict: 'behind' });
    expect(execution.states.filter((state) => state === 'PauseForSource')).toHaveLength(5);
    expect(flow.told).toEqual([]);
    expect(await flow.record()).toMatchObject({ verdict: 'behind', wantedSince: '2026-01-01T00:00:00.000Z' });
    expect(await flow.record()).not.toHaveProperty('holder');
    expect(await flow.record()).not.toHaveProperty('driftedSince');
  });

  it('F45: always hides no head that somebody changed at the destination', async () => {
    flow.push({ 'refs/heads/busy': '2' });
    flow.strayPush('refs/heads/main');
    flow.onCompare = (_replica, count) => flow.push({ 'refs/heads/busy': String(2 + (count % 6)) });
    flow.onTaskEnd = () => {
      throw exited(13);
    };

    const execution = await flow.run();

    expect(execution.error).toBe('Ccrepl.Drift');
    expect(execution.cause).toContain('refs/heads/main was changed at the destination');
    expect(execution.cause).not.toContain('refs/heads/busy');
    expect(flow.verdictsTold).toEqual(['diverged']);
  });

  it('F45: always hides no divergence of the very head that moves', async () => {
    flow.strayPush('refs/heads/main');
    flow.onCompare = (_replica, count) => flow.push({ 'refs/heads/main': String(2 + (count % 6)) });

    await flow.run();

    expect(flow.verdictsTold).toEqual(['diverged']);
  });

  it('F45: always hides no tasks that fail on it', async () => {
    flow.push({ 'refs/heads/main': '2' });
    flow.onCompare = (_replica, count) => flow.push({ 'refs/heads/main': String(2 + (count % 6)) });
    flow.onTask = () => {
      throw exited(12);
    };

    const execution = await flow.run();

    expect(execution.error).toBe('Ccrepl.Drift');
    expect(flow.verdictsTold).toEqual(['behind']);
  });
});

it('F45: what a task has not brought, and is there at the second look after it, is no drift', async () => {
  flow.push({ 'refs/heads/main': '2' });
  flow.onTaskEnd = () => flow.destination.set('R', { 'refs/heads/main': '1' });
  flow.onCompare = (_replica, count) => {
    if (count === 3) flow.destination.set('R', { 'refs/heads/main': '2' });
  };

  const execution = await flow.run();

  expect(execution.states).toContain('LookAgain');
  expect(outcomeOf(execution)).toMatchObject({ verdict: 'in-sync' });
  expect(flow.told).toEqual([]);
});

it('F45: what is healed at the second look is no drift', async () => {
  flow.strayPush('refs/heads/main');
  flow.onCompare = (_replica, count) => {
    if (count === 2) flow.destination.set('R', { 'refs/heads/main': '1' });
  };

  expect(outcomeOf(await flow.run())).toMatchObject({ outcome: 'in-sync' });
  expect(flow.told).toEqual([]);
});

it('F45: only what two readings in a row show alike is told, whatever the order in which heads differ', async () => {
  // A push is under way at the first look, another head at the second: neither stands.
  flow.onCompare = (_replica, count) => {
    flow.destination.set('R', { 'refs/heads/main': '1', ...(count < 3 && { [`refs/heads/n${count}`]: '9' }) });
  };

  const execution = await flow.run();

  expect(execution.states).toEqual(expect.arrayContaining(['PauseBeforeLooking', 'LookAgain', 'IsRestless']));
  expect(outcomeOf(execution)).toMatchObject({ outcome: 'in-sync' });
  expect(flow.told).toEqual([]);
});

it('F45: in 30 healthy runs of a source that moves at every moment nobody is told, and in one that then drifts everybody, once', async () => {
  const next = randomNumbers(seed);
  // Every head goes through all of these before it comes back to one, as commits never do.
  const ids = '12345678abcdef';
  const moved = new Map<string, number>();
  const moves = (share: number) => () => {
    if (next(100) >= share) return;
    for (const head of ['refs/heads/main', `refs/heads/b${next(3)}`]) {
      moved.set(head, (moved.get(head) ?? 0) + 1);
      flow.push({ [head]: ids[(moved.get(head) as number) % ids.length] as string });
    }
  };
  flow.onCompare = moves(60);
  flow.onBetween = moves(60);
  flow.onTask = moves(60);
  for (let n = 0; n < 30; n++) {
    const { status } = await flow.run();
    expect([seed, n, status]).toEqual([seed, n, 'SUCCEEDED']);
  }
  expect([seed, flow.verdictsTold]).toEqual([seed, []]);

  flow.strayPush('refs/heads/stray');
  for (let n = 0; n < 5; n++) await flow.run();

  expect([seed, flow.verdictsTold]).toEqual([seed, ['diverged']]);
});
