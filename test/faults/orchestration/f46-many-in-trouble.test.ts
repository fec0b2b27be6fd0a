import { exited, stateError, Workflow } from '../../support/workflow.ts';

const QUARTER = 900;
const IDS = Array.from({ length: 100 }, (_, n) => `R${String(n).padStart(3, '0')}`);

let flow: Workflow;
afterEach(() => flow.stop());

/** Whom each message is about, and what it says of them. */
const toldOf = () =>
  flow.told.map((request) =>
    'digest' in request
      ? request.digest.news.map(({ replica, verdict }) => `${replica} ${verdict}`)
      : [`${request.state.run.replica} ${request.state.outcome.verdict}`],
  );
/** Sweeps by the schedule; the clock moves on after each. */
async function sweeps(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    expect((await flow.runSweep()).status).toBe('SUCCEEDED');
    flow.advance(QUARTER);
  }
}
const each = (verdict: string) => IDS.map((id) => `${id} ${verdict}`);

it('F46: 100 pairs that fail together are told once each: five alone, the others in one digest; so is their recovery', async () => {
  flow = await Workflow.start(IDS);
  flow.onCompare = () => {
    throw stateError('Ccrepl.Auth', 'HTTP 403');
  };
  await sweeps(2);
  const incident = toldOf();
  flow.told.length = 0;
  flow.onCompare = () => {};
  await sweeps(1);
  for (const id of IDS.slice(0, 10)) await flow.run({ replica: id });

  for (const [messages, verdict] of [
    [incident, 'unknown'],
    [toldOf(), 'in-sync'],
  ] as const) {
    expect(messages.map((names) => names.length).sort()).toEqual([1, 1, 1, 1, 1, 95].sort());
    expect(messages.flat().sort()).toEqual(each(verdict));
  }
  expect(flow.tasks).toEqual([]);
  expect(await flow.record('R000')).toMatchObject({ verdict: 'in-sync', told: 'in-sync' });
});

it('F46: a pair that fails in 50 sweeps is told once, and once that it is well', async () => {
  flow = await Workflow.start();
  flow.push({ 'refs/heads/main': '2' });
  flow.onTask = () => {
    throw exited(14);
  };
  await sweeps(50);
  const during = toldOf();
  flow.onTask = () => {};
  await sweeps(2);

  expect(during).toEqual([['R behind']]);
  expect(toldOf()).toEqual([['R behind'], ['R in-sync']]);
  expect(flow.told.at(-1)).toMatchObject({
    state: { recorded: { Attributes: { driftedSince: { S: '2026-01-01T00:00:00.000Z' } } } },
  });
  expect(flow.isInSync()).toBe(true);
});

it('F46: what fails and is well again inside one sweep, or one execution, is told to nobody', async () => {
  flow = await Workflow.start(['R', 'S']);
  flow.push({ 'refs/heads/main': '2' });
  let failures = 0;
  flow.onCompare = () => {
    if (failures++ < 6) throw stateError('Ccrepl.Transient', 'reset');
  };
  flow.onTask = (_replica, count) => {
    if (count < 4) throw exited(10);
  };

  await sweeps(1);

  expect(failures).toBeGreaterThan(6);
  expect(flow.tasks).toHaveLength(4);
  expect(flow.told).toEqual([]);
  expect(flow.isInSync()).toBe(true);
});

it('F46: those of many that recover while the others still fail are told of, and the others not again', async () => {
  const some = IDS.slice(0, 30);
  flow = await Workflow.start(some);
  const ill = new Set(some);
  flow.onCompare = (replica) => {
    if (ill.has(replica)) throw stateError('Ccrepl.Missing', 'HTTP 404');
  };
  await sweeps(1);
  flow.told.length = 0;
  const well = some.slice(12, 22);
  for (const id of well) ill.delete(id);
  await sweeps(2);

  expect(toldOf().flat().sort()).toEqual(well.map((id) => `${id} in-sync`));
});
