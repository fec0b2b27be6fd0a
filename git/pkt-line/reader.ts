import { GitError } from '../errors.ts';
import { printable } from '../ref.ts';
import { decodeHeader, decodePktLine } from './decode.ts';

/** A line at its first space. */
export interface Words {
  first: string;
  rest: string;
}

/** A payload, `'flush'`, or undefined at the clean end of the stream. */
export type Packet = Buffer | 'flush' | undefined;

/**
 * Reads pkt-lines from a stream of chunks, holding no more than one chunk and one unfinished packet. A payload is a view
 * of the chunk that it came in: use or copy it before the next read.
 */
export class PktLineReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async next(): Promise<Packet> {
    for (;;) {
      const decoded = decodePktLine(this.#buffer, this.#offset);
      if (decoded.kind === 'incomplete') {
        if (await this.#read(decoded.bytesNeeded)) continue;
        if (this.#offset === this.#buffer.length) return undefined;
        throw new GitError('connection', 'the stream ended in the middle of a pkt-line');
      }
      this.#offset = decoded.next;
      return decoded.kind === 'flush' ? 'flush' : this.#buffer.subarray(decoded.start, decoded.end);
    }
  }

  /**
   * Begins a packet whose payload is then taken in pieces: gives its length. For bulk data, of which joining the pieces of
   * a packet would be most of the work.
   */
  async begin(): Promise<number | 'flush' | undefined> {
    const missing = 4 - (this.#buffer.length - this.#offset);
    if (missing > 0 && !(await this.#read(missing))) {
      if (this.#offset === this.#buffer.length) return undefined;
      throw new GitError('connection', 'the stream ended in the middle of a pkt-line');
    }
    const length = decodeHeader(this.#buffer, this.#offset);
    this.#offset += 4;
    return length;
  }

  /** The next piece of the packet that was begun: from 1 to `max` bytes, as they came. */
  async piece(max: number): Promise<Buffer> {
    if (this.#offset === this.#buffer.length && !(await this.#read(1))) {
      throw new GitError('connection', 'the stream ended in the middle of a pkt-line');
    }
    const start = this.#offset;
    this.#offset = Math.min(start + max, this.#buffer.length);
    return this.#buffer.subarray(start, this.#offset);
  }

  /**
   * The next packet as text of one character a byte, without its newline; null for a flush, which no text can pretend to be.
   * At the end of the stream an error.
   */
  async line(expected: string): Promise<string | null> {
    const packet = await this.next();
    if (packet === undefined) throw new GitError('connection', `the answer ended early: expected ${expected}`);
    if (packet === 'flush') return null;
    const end = packet.at(-1) === 0x0a ? packet.length - 1 : packet.length;
    const text = packet.toString('latin1', 0, end);
    if (text.startsWith('ERR ')) throw serverError(text.slice(4));
    return text;
  }

  /**
   * The next packet as its first word and what follows the space, null for a flush. Each is a string of its own: a part of a
   * line would keep the whole line in memory, and an advertisement may have hundreds of thousands. What has come already is given at
   * once: to wait for each of so many lines would take longer than to read them.
   */
  words(expected: string): Words | null | Promise<Words | null> {
    const decoded = decodePktLine(this.#buffer, this.#offset);
    if (decoded.kind === 'incomplete') return this.next().then((packet) => wordsOf(packet, expected));
    this.#offset = decoded.next;
    return decoded.kind === 'flush' ? null : wordsOf(this.#buffer.subarray(decoded.start, decoded.end), expected);
  }

  /** The bytes that come next, 4 to 200 if there are so many, and without taking them: tells an HTML page from git. */
  async peek(): Promise<string> {
    const missing = 4 - (this.#buffer.length - this.#offset);
    if (missing > 0) await this.#read(missing);
    return this.#buffer.toString('latin1', this.#offset, Math.min(this.#offset + 200, this.#buffer.length));
  }

  /** Everything that is left, not as packets: the pack itself where no side-band was agreed on. */
  async *rest(): AsyncGenerator<Buffer> {
    if (this.#offset < this.#buffer.length) yield this.#buffer.subarray(this.#offset);
    this.#buffer = Buffer.alloc(0);
    this.#offset = 0;
    for (;;) {
      const { value, done } = await this.#chunks.next();
      if (done) return;
      yield value;
    }
  }

  /** Lets go of the stream, so that its connection is closed. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Adds at least `bytesNeeded` to the buffer, copying once however small the chunks are; false at the end. */
  async #read(bytesNeeded: number): Promise<boolean> {
    const parts = [this.#buffer.subarray(this.#offset)];
    let missing = bytesNeeded;
    while (missing > 0) {
      const { value, done } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      missing -= value.length;
    }
    this.#buffer = parts.length === 2 && parts[0]?.length === 0 ? (parts[1] as Buffer) : Buffer.concat(parts);
    this.#offset = 0;
    return missing <= 0;
  }
}

function wordsOf(packet: Packet, expected: string): Words | null {
  if (packet === undefined) throw new GitError('connection', `the answer ended early: expected ${expected}`);
  if (packet === 'flush') return null;
  const end = packet.at(-1) === 0x0a ? packet.length - 1 : packet.length;
  const at = packet.indexOf(0x20);
  const space = at < end ? at : -1;
  const first = packet.toString('latin1', 0, space < 0 ? end : space);
  const rest = space < 0 ? '' : packet.toString('latin1', space + 1, end);
  if (first === 'ERR') throw serverError(rest);
  return { first, rest };
}

/** An `ERR` packet (the HTTP status is 200 all the same); `text` is one character a byte. */
function serverError(text: string): GitError {
  return new GitError('remote-error', `the server said: ${printable(Buffer.from(text, 'latin1').toString('utf8'))}`);
}
