import type { Act, Fault } from '../../support/fault-proxy/fault.ts';
import type { Packet } from '../../support/fault-proxy/packets.ts';
import { noise } from '../../support/oracle/objects.ts';
import { type Pair, requests, Scene } from '../../support/oracle/pair.ts';

let pair: Pair;
Scene.forThisFile((one) => {
  pair = one;
});

const insert = (text: string): Act[] => [{ do: 'replace', text }];
const endWith = (text: string): Act[] => [{ do: 'replace', text }, { do: 'cut' }];

/** What stands where a packet should begin, and what that is called. */
const DAMAGES: Record<string, { acts: Act[]; code: 'protocol' | 'transient' }> = {
  'a delimiter of protocol v2 (0001)': { acts: insert('0001'), code: 'protocol' },
  'an end of protocol v2 (0002)': { acts: insert('0002'), code: 'protocol' },
  'the length 0003': { acts: insert('0003'), code: 'protocol' },
  'an empty packet (0004)': { acts: insert('0004'), code: 'protocol' },
  'a length that is no number': { acts: insert('00zz'), code: 'protocol' },
  'a length above the largest': { acts: insert('fff1'), code: 'protocol' },
  // A connection that breaks between two bytes looks the same: it may be tried again.
  'half a length': { acts: endWith('00'), code: 'transient' },
  'half a packet': { acts: endWith('0040half'), code: 'transient' },
};

/** Some of these are text for people, the others of 8 KB to 64 KB each. */
const MIDDLE = 16;

type Where = Pick<Fault, 'service' | 'of'> & { packet: number };
const faultsAt = ({ packet, ...where }: Where, acts: readonly Act[]): Fault[] =>
  acts.map((act) => ({ ...where, phase: 'answer', at: { packet }, act }));

it.each<[string, 'source' | 'destination', Where]>([
  ['the source’s list of refs', 'source', { service: 'info/refs', of: 'git-upload-pack', packet: 3 }],
  ['the destination’s list of refs', 'destination', { service: 'info/refs', of: 'git-receive-pack', packet: 3 }],
  ['the answer to the request for a pack', 'source', { service: 'git-upload-pack', packet: 0 }],
  ['the middle of a pack', 'source', { service: 'git-upload-pack', packet: MIDDLE }],
])('F18: broken packets in %s end the run as what they are, and nothing is written', async (_what, side, where) => {
  const isMiddle = where.packet === MIDDLE;
  const files = { noise: noise(isMiddle ? 1_200_000 : 1) };
  await pair.set('source', { 'refs/heads/work': await pair.commit('work', { files }) });
  const outcomes: Record<string, string> = {};

  for (const [name, { acts }] of Object.entries(DAMAGES)) {
    const { violations, result, happened, seen, chronicle } = await pair.observe({ [side]: faultsAt(where, acts) });
    expect(violations).toEqual([]);
    // What is no protocol is asked for once more.
    const tries = result.error?.code === 'protocol' ? 2 : 1;
    expect(happened[side]).toEqual(acts.map(() => tries));
    expect(result.packBytes > 30_000).toBe(isMiddle);
    expect(seen.destination.every(({ service, whole }) => service === 'info/refs' || !whole)).toBe(true);
    expect(result).toMatchObject({ result: 'failed', error: { message: expect.stringContaining(`${side} http`) } });
    expect(chronicle.after).toEqual(chronicle.before);
    outcomes[name] = result.error?.code ?? '';
  }

  expect(outcomes).toEqual(Object.fromEntries(Object.entries(DAMAGES).map(([name, { code }]) => [name, code])));
  await pair.heal();
});

it('F18: broken packets in the answer to a push change nothing about what is true: what is there is read, and is the result', async () => {
  const work = 'refs/heads/work';
  const inBands = Object.values(DAMAGES).map(({ acts }) => faultsAt({ service: 'git-receive-pack', packet: 0 }, acts));
  const inReport = ['0001', '0002', '0003', '0004', '00zz', 'fff1', '00', '0040half'].map((text): Fault[] => [
    {
      service: 'git-receive-pack',
      phase: 'answer',
      act: { do: 'rewrite', packets: (packets) => packets.map((packet) => reportOf(packet, text)) },
    },
  ]);

  for (const [index, destination] of [...inBands, ...inReport].entries()) {
    await pair.set('source', { [work]: await pair.commit(`work ${index}`) });
    const { violations, result, happened, seen } = await pair.observe({ destination });
    expect(violations).toEqual([]);
    expect(happened.destination).toEqual(destination.map(() => 1));
    expect(result).toMatchObject({ result: 'replicated', rounds: 1, heads: [{ ref: work, status: 'done' }] });
    expect(requests(seen.destination, 'info/refs')).toBe(2);
  }

  await pair.heal('in-sync');
});

/** Only the report is in band 1. */
const reportOf = (packet: Packet, text: string): Packet =>
  packet !== 'flush' && packet[0] === 1 ? Buffer.from(`\u0001${text}`) : packet;

it('F18: of a packet that is longer than any may be, and of a list that goes on after its end, no more is read than shows it', async () => {
  const much = 'x'.repeat(8_000_000);
  const list = { service: 'info/refs', of: 'git-upload-pack', packet: 4 } as const;

  for (const text of [`ffff${much}`, `0000${much}`]) {
    const { violations, result, bytesReceived } = await pair.observe({ source: faultsAt(list, insert(text)) });
    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'failed', error: { code: 'protocol' } });
    expect(bytesReceived.source).toBeLessThan(1_000_000);
  }

  await pair.heal('in-sync');
});
