/** A packet of git's framing: its bytes without the length, or one of the special ones. */
export type Packet = Buffer | 'flush';

/** Follows pkt-line framing through a stream, and tells at which byte each packet begins. What is no framing any more has no further packets. */
export class PacketScanner {
  /** Bytes at which packets begin: those of the last call that are known now. */
  #next = 0;
  #position = 0;
  #header = '';
  #broken = false;

  /** Reads on; gives where packets begin from here on, in order. The first begins at 0. */
  *scan(chunk: Buffer): Generator<number> {
    const end = this.#position + chunk.length;
    while (!this.#broken && this.#next + this.#header.length < end) {
      const from = this.#next + this.#header.length - this.#position;
      this.#header += chunk.toString('latin1', Math.max(from, 0), Math.max(from, 0) + 4 - this.#header.length);
      if (this.#header.length < 4) break;
      const length = /^[0-9a-f]{4}$/.test(this.#header) ? Number.parseInt(this.#header, 16) : 1;
      this.#header = '';
      if (length !== 0 && length < 4) {
        this.#broken = true;
        break;
      }
      this.#next += Math.max(length, 4);
      yield this.#next;
    }
    this.#position = end;
  }
}

/** All packets of a whole body; an error if it is no framing. */
export function packetsOf(body: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < body.length; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (!(length === 0 || (length >= 4 && at + length <= body.length)))
      throw new Error(`no packet at byte ${at} of ${body.length}: "${body.toString('latin1', at, at + 8)}"`);
    packets.push(length === 0 ? 'flush' : body.subarray(at + 4, at + length));
    at += Math.max(length, 4);
  }
  return packets;
}

export const bodyOf = (packets: readonly Packet[]): Buffer =>
  Buffer.concat(
    packets.map((packet) =>
      packet === 'flush'
        ? Buffer.from('0000')
        : Buffer.concat([Buffer.from((packet.length + 4).toString(16).padStart(4, '0')), packet]),
    ),
  );
