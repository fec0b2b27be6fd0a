import { encodePktLine, PAYLOAD_BYTES_MAX } from '../../git/pkt-line/encode.ts';
import { damage } from './bytes.ts';
import type { Random } from './random.ts';

/** A payload, or null for a flush. */
export type Packets = (Buffer | null)[];

export const encodePackets = (packets: readonly (Buffer | string | null)[]): Buffer =>
  Buffer.concat(packets.map((payload) => (payload === null ? Buffer.from('0000') : encodePktLine(payload))));

/** What a packet's four digits may say: https://git-scm.com/docs/gitprotocol-common */
const LENGTH_MAX = 65_520;

/** The packets at the start of some bytes, the bytes that are none, and whether those are wrong, or only not all there. */
export function packetsOf(bytes: Buffer): { packets: Packets; rest: Buffer; wrong: boolean } {
  const packets: Packets = [];
  let at = 0;
  let wrong = false;
  while (bytes.length - at >= 4) {
    const digits = bytes.toString('latin1', at, at + 4);
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 1;
    wrong = (length !== 0 && length < 4) || length > LENGTH_MAX;
    if (wrong || at + length > bytes.length) break;
    packets.push(length === 0 ? null : bytes.subarray(at + 4, at + length));
    at += length === 0 ? 4 : length;
  }
  return { packets, rest: bytes.subarray(at), wrong };
}

/** A packet of about the greatest length there is, and some beyond it. */
export function hugePacket(random: Random): Buffer {
  const length = LENGTH_MAX + random.pick([-1, 0, 0, 1, 4, 15]);
  return Buffer.from(length.toString(16).padEnd(length + random.pick([-1, 0, 0, 0]), 'x'));
}

/** Another order, number or content of packets, each with a length that is right: what lies behind the lengths is reached. */
export function reshapePackets(bytes: Buffer, random: Random, words: readonly string[]): Buffer {
  const { packets, rest } = packetsOf(bytes);
  const at = random.below(packets.length + 1);
  const one = packets[at] ?? null;
  switch (random.below(7)) {
    case 0:
      packets.splice(at, 1);
      break;
    case 1:
      packets.splice(at, 0, one);
      break;
    case 2:
      packets.splice(at, 0, null);
      break;
    case 3:
      packets.splice(at, 0, Buffer.from(random.pick(words), 'latin1'));
      break;
    case 4:
      packets.splice(at, 1, packets[random.below(packets.length + 1)] ?? null);
      break;
    default:
      if (one !== null) packets[at] = damage(one, random, words, [one]).subarray(0, PAYLOAD_BYTES_MAX);
  }
  return Buffer.concat([encodePackets(packets), rest]);
}
