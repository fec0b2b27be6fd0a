import { GitError } from '../errors.ts';

export const PACK_HEADER_BYTES = 12;

/** The number of objects that a pack's first twelve bytes announce. */
export function parsePackHeader(start: Buffer): number {
  const version = start.readUInt32BE(4);
  if (start.toString('latin1', 0, 4) !== 'PACK' || (version !== 2 && version !== 3)) {
    throw new GitError('protocol', 'expected a pack of version 2 or 3');
  }
  return start.readUInt32BE(8);
}

/** A pack of which the header has been read; `chunks` are all of its bytes, the header too. */
export interface WeighedPack {
  objects: number;
  chunks: AsyncGenerator<Buffer>;
}

/** Reads no more of a pack than tells how many objects are in it: what a transfer will cost, before any of it is paid. */
export async function weighPack(pack: AsyncGenerator<Buffer>): Promise<WeighedPack> {
  const parts: Buffer[] = [];
  let bytes = 0;
  while (bytes < PACK_HEADER_BYTES) {
    const { value, done } = await pack.next();
    if (done) throw new GitError('corrupt', `a pack of only ${bytes} bytes`);
    parts.push(value);
    bytes += value.length;
  }
  const start = Buffer.concat(parts);
  async function* chunks(): AsyncGenerator<Buffer> {
    yield start;
    yield* pack;
  }
  return { objects: parsePackHeader(start), chunks: chunks() };
}
