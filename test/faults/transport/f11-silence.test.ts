import type { Fault } from '../../support/fault-proxy/fault.ts';
import { LIST_OF, pushesIn, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

/** Long enough for a busy machine, as every answer of the run must come within it. */
const IDLE_MS = 2000;
const list = (side: SideName): Fault => ({ service: 'info/refs', of: LIST_OF[side], act: { do: 'stall' } });
const pack: Fault = { service: 'git-upload-pack', act: { do: 'stall' } };
const push: Fault = { service: 'git-receive-pack', act: { do: 'stall' } };
const midway = { phase: 'answer', at: { byte: 40 } } as const;

it.each<[string, SideName, Fault]>([
  ['a source that says nothing', 'source', list('source')],
  ['a source that stops in the middle of its list', 'source', { ...list('source'), ...midway }],
  ['a source that says nothing to the question for a pack', 'source', pack],
  ['a source that stops in the middle of its pack', 'source', { ...pack, ...midway }],
  ['a destination that says nothing', 'destination', list('destination')],
  ['a destination that stops in the middle of its list', 'destination', { ...list('destination'), ...midway }],
  ['a destination that takes a push and says nothing', 'destination', push],
  ['a destination that stops in the middle of a pack', 'destination', { ...push, phase: 'request', at: { byte: 200 } }],
])('F11: %s is given up when nothing has moved for too long, and nothing is left open', async (_what, side, fault) => {
  const seen = await stage.observeFailure({
    [side]: [fault],
    remote: { idleMs: IDLE_MS, indexingMs: IDLE_MS },
  });

  expect(seen.happened[side]).toEqual([1]);
  expect(seen.result.error).toMatchObject({
    code: 'transient',
    retryable: true,
    message: expect.stringMatching(new RegExp(`^${side} http.*nothing moved for ${IDLE_MS / 1000} s`)),
  });
  if (side === 'source') expect(pushesIn(seen).every(({ whole }) => !whole)).toBe(true);
  await stage.heal();
});

it('F11: a destination that says nothing when it is to prove what it took is given up, and the next run finds nothing to do', async () => {
  const seen = await stage.observe({
    destination: [{ ...list('destination'), nth: 2 }],
    remote: { idleMs: IDLE_MS, indexingMs: IDLE_MS },
  });

  expect(seen.happened.destination).toEqual([1]);
  expect(seen.violations).toEqual([]);
  expect(seen.result).toMatchObject({
    result: 'failed',
    error: { code: 'transient', message: expect.stringMatching(/^destination http.*nothing moved for 2 s/) },
  });
  expect((await stage.observe()).result).toMatchObject({ result: 'in-sync' });
  await stage.two.expectEqual();
});

it('F11: a destination that stops in the middle of its report is given up, and what it shows then decides', async () => {
  const seen = await stage.observe({
    destination: [{ ...push, phase: 'answer', at: { byte: 10 } }],
    remote: { idleMs: IDLE_MS, indexingMs: IDLE_MS },
  });

  expect(seen.happened.destination).toEqual([1]);
  await stage.expectWhole(seen);
});
