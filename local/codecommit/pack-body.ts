import type { PktLineReader } from '../../git/pkt-line/reader.ts';

/** What a region has been sent: pushes with commands, and bytes of their packs, also of those that failed. */
export interface Received {
  /** Requests to git-receive-pack that named refs; the empty one with which stock git tries its login out is none. */
  pushes: number;
  packBytes: number;
}

/** What follows the commands of a push: the pack, counted. Whoever has read a part of it can go on, or throw the rest away. */
export class PackBody {
  bytes = 0;
  readonly #reader: PktLineReader;
  readonly #received: Received;

  constructor(reader: PktLineReader, received: Received) {
    this.#reader = reader;
    this.#received = received;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#reader.rest()) {
      this.bytes += chunk.length;
      this.#received.packBytes += chunk.length;
      yield chunk;
    }
  }

  /** Reads all that is left: a client that is still sending cannot be trusted to see an answer. */
  async drain(): Promise<void> {
    for await (const _ of this.chunks());
  }
}
