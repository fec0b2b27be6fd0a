import type { Random } from './random.ts';

/** Bytes as a connection gives them. Written out, since a generator for each input would be most of the work. */
export class Chunks implements AsyncIterableIterator<Buffer> {
  readonly #chunks: readonly Buffer[];
  /** How many were taken. */
  taken = 0;

  constructor(chunks: readonly Buffer[]) {
    this.#chunks = chunks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer>> {
    const value = this.#chunks[this.taken];
    if (value === undefined) return Promise.resolve({ done: true, value: undefined });
    this.taken += 1;
    return Promise.resolve({ done: false, value });
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.taken = this.#chunks.length;
    return Promise.resolve({ done: true, value: undefined });
  }
}

export const whole = (bytes: Buffer): Chunks => new Chunks([bytes]);

/** The same bytes, cut anywhere, sometimes into nothing. */
export function cut(bytes: Buffer, random: Random): Chunks {
  const chunks: Buffer[] = [];
  const most = random.pick([1, 2, 5, 30, 200]) + (bytes.length >> 6);
  for (let at = 0; at < bytes.length; ) {
    const size = random.oneIn(16) ? 0 : 1 + random.below(most);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return new Chunks(chunks);
}
