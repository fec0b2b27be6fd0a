import { setTimeout as pause } from 'node:timers/promises';
import type { Act, Place } from './fault.ts';
import { PacketScanner } from './packets.ts';

/** What is to happen at a place of a body. */
export interface Placed {
  at: Place;
  act: Act;
  /** Counts that it did. */
  happened: () => void;
}

/** What a body can ask of the exchange that it is a part of. Each ends the body, but `hook`. */
export interface Edge {
  hook(name: string): Promise<void>;
  /** Resolves when the client has gone. */
  gone: Promise<void>;
  break(how: 'reset' | 'close'): void;
}

/** Thrown where a body ends because its exchange was broken. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** A body as the client, or the server, is to see it. */
export async function* disturbed(
  chunks: AsyncIterable<Buffer>,
  faults: readonly Placed[],
  edge: Edge,
): AsyncGenerator<Buffer> {
  const scanner = new PacketScanner();
  /** Faults by the byte where they happen; for packets it is known once the packet before has begun. */
  let open = faults.map((fault) => ({ ...fault, byte: 'byte' in fault.at ? fault.at.byte : undefined }));
  let packet = 0;
  const began = (byte: number) => {
    for (const fault of open) if ('packet' in fault.at && fault.at.packet === packet) fault.byte = byte;
    packet += 1;
  };
  began(0);
  let position = 0;
  let skip = 0;
  let mask = 0;
  let drip: { bytes: number; ms: number } | undefined;

  async function* out(bytes: Buffer): AsyncGenerator<Buffer> {
    if (bytes.length === 0) return;
    if (drip === undefined) return yield bytes;
    for (let at = 0; at < bytes.length; at += drip.bytes) {
      yield bytes.subarray(at, at + drip.bytes);
      await Promise.race([pause(drip.ms), edge.gone]);
    }
  }
  function* passed(bytes: Buffer): Generator<Buffer> {
    if (skip >= bytes.length) {
      skip -= bytes.length;
      return;
    }
    const kept = Buffer.from(bytes.subarray(skip));
    skip = 0;
    kept[0] = (kept[0] as number) ^ mask;
    mask = 0;
    yield kept;
  }

  for await (const chunk of chunks) {
    for (const byte of scanner.scan(chunk)) began(byte);
    let rest = chunk;
    for (;;) {
      const due = open
        .filter(({ byte }) => byte !== undefined && byte >= position && byte < position + rest.length)
        .sort((a, b) => (a.byte as number) - (b.byte as number))[0];
      if (due === undefined) break;
      open = open.filter((one) => one !== due);
      const before = (due.byte as number) - position;
      for (const bytes of passed(rest.subarray(0, before))) yield* out(bytes);
      rest = rest.subarray(before);
      position += before;
      due.happened();
      const { act } = due;
      if (act.do === 'delay') await Promise.race([pause(act.ms), edge.gone]);
      else if (act.do === 'stall') await edge.gone;
      else if (act.do === 'cut') return;
      else if (act.do === 'hook') await edge.hook(act.name);
      else if (act.do === 'flip') mask = act.mask;
      else if (act.do === 'drip') drip = act;
      else if (act.do === 'replace') {
        skip += act.bytes ?? 0;
        if (act.text) yield* out(Buffer.from(act.text, 'latin1'));
      } else if (act.do === 'reset' || act.do === 'close') {
        edge.break(act.do);
        throw new Broken();
      } else throw new Error(`"${act.do}" cannot happen in the middle of a body`);
    }
    for (const bytes of passed(rest)) yield* out(bytes);
    position += rest.length;
  }
}
