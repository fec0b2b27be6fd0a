import { PktLineReader } from '../../../git/pkt-line/reader.ts';
import { judgeEqual } from '../judge.ts';
import { encodePackets, hugePacket, packetsOf } from '../packets.ts';
import { A, AN_ANSWER, bytesOf, readerOf, streamTarget } from './streams.ts';

type Read = (reader: PktLineReader) => Promise<unknown[]>;

/** The packets as each of the reader's ways gives them; the first byte of the input says which. */
const WAYS: readonly Read[] = [packets, pieces, lines, words, theRest];

async function packets(reader: PktLineReader): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let packet = await reader.next(); packet !== undefined; packet = await reader.next()) {
    all.push(packet === 'flush' ? null : packet.toString('latin1'));
  }
  return all;
}

async function pieces(reader: PktLineReader): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let length = await reader.begin(); length !== undefined; length = await reader.begin()) {
    let payload = '';
    while (length !== 'flush' && payload.length < length)
      payload += (await reader.piece(length - payload.length)).toString('latin1');
    all.push(length === 'flush' ? null : payload);
  }
  return all;
}

async function lines(reader: PktLineReader): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    const line = await reader.line('a line');
    all.push(line);
    if (line === 'end') return all;
  }
}

async function words(reader: PktLineReader): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    const line = await reader.words('a line');
    all.push(line);
    if (line?.first === 'end') return all;
  }
}

async function theRest(reader: PktLineReader): Promise<unknown[]> {
  const start = (await reader.peek()).slice(0, 4);
  const first = await reader.next();
  return [start, first?.toString('latin1'), (await bytesOf(reader.rest())).toString('latin1')];
}

export const pktLine = streamTarget({
  name: 'pkt-line',
  files: ['git/pkt-line/decode.ts', 'git/pkt-line/reader.ts'],
  codes: ['protocol', 'connection', 'remote-error'],
  examples: [
    Buffer.concat([Buffer.from([0]), encodePackets(['a\n', null, '', `${A} x\n`])]),
    Buffer.concat([Buffer.from([1]), encodePackets(['a\n', null, 'bcd'])]),
    Buffer.concat([Buffer.from([2]), encodePackets(['a\n', 'b', null, 'end\n'])]),
    Buffer.concat([Buffer.from([3]), encodePackets(['a b c\n', '', 'x', 'end x'])]),
    Buffer.concat([Buffer.from([4]), encodePackets(['NAK\n', null]), Buffer.from('PACKxxxx')]),
  ],
  words: ['end\n', 'end '],
  streamOf: (bytes) => bytes.subarray(1),
  generate: (random) =>
    Buffer.concat([
      Buffer.from([random.below(WAYS.length)]),
      ...(random.oneIn(100) ? [hugePacket(random)] : []),
      encodePackets([
        ...random.some(8, () =>
          random.oneIn(5) ? null : random.pick(['', '\n', 'a', 'a b\n', 'ERR x', 'ERRx', 'é', A]),
        ),
        'end\n',
      ]),
    ]),
  reshape: (bytes, random) =>
    Buffer.concat([Buffer.from([random.below(WAYS.length)]), pktLineBody(bytes, random.below(9))]),
  read: (chunks, bytes) => (WAYS[(bytes[0] ?? 0) % WAYS.length] as Read)(new PktLineReader(chunks)),
  expected(bytes) {
    if (!isOfPackets(bytes)) return undefined;
    const { rest, wrong } = packetsOf(bytes.subarray(1));
    if (wrong) return 'protocol';
    return rest.length > 0 ? 'connection' : AN_ANSWER;
  },
  async judgeValue(value, bytes) {
    if (!isOfPackets(bytes)) return;
    const payloads = (value as (string | null)[]).map((one) => (one === null ? null : Buffer.from(one, 'latin1')));
    const again = encodePackets(payloads);
    judgeEqual('packets that are written again are the same', await packets(readerOf(again)), value);
    // The digits of a length may be in either case.
    judgeEqual('packets are written as they came', latin1(again), latin1(bytes.subarray(1)));
  },
});

const latin1 = (bytes: Buffer): string => bytes.toString('latin1').toLowerCase();

/** The first two ways give every packet. */
const isOfPackets = (bytes: Buffer): boolean => (bytes[0] ?? 0) % WAYS.length < 2;

/** The packets in another order: the first ones last. */
function pktLineBody(bytes: Buffer, at: number): Buffer {
  const body = bytes.subarray(1);
  return Buffer.concat([body.subarray(at * 4), body.subarray(0, at * 4)]);
}
