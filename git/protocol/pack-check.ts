import { createHash } from 'node:crypto';
import { GitError } from '../errors.ts';
import type { ObjectFormat } from '../oid.ts';
import { PACK_HEADER_BYTES, parsePackHeader } from './pack-header.ts';

/** The smallest object there can be: a one-byte header and an empty zlib stream. */
const OBJECT_BYTES_MIN = 9;
/** What is held back stays bounded even if a source sends a byte at a time. */
const HELD_BYTES_MAX = 64 * 1024;

/**
 * Passes a pack through unchanged, but holds its last bytes back until they are proven: the header is a pack's, the number of
 * objects can fit, and the trailer is the checksum of all that went before. On any doubt it throws instead of giving the
 * end, so a destination can never complete what the source did not.
 */
export async function* checkedPack(
  chunks: AsyncIterable<Buffer>,
  format: ObjectFormat,
  onHeader: (objects: number) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash(format);
  const trailerBytes = format === 'sha1' ? 20 : 32;
  let held: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let objects: number | undefined;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    let ready: Buffer | undefined;
    if (objects !== undefined && chunk.length >= trailerBytes) {
      ready = held;
      held = chunk;
    } else {
      held = Buffer.concat([held, chunk]);
      if (objects === undefined && held.length >= PACK_HEADER_BYTES) {
        objects = parsePackHeader(held);
        onHeader(objects);
      }
      if (held.length > HELD_BYTES_MAX) {
        ready = held.subarray(0, held.length - trailerBytes);
        held = held.subarray(held.length - trailerBytes);
      }
    }
    if (ready !== undefined) {
      hash.update(ready);
      yield ready;
    }
  }
  if (objects === undefined) throw new GitError('corrupt', `a pack of only ${bytes} bytes`);
  if (bytes < PACK_HEADER_BYTES + trailerBytes + objects * OBJECT_BYTES_MIN) {
    throw new GitError('corrupt', `a pack that announces ${objects} objects, but ends after ${bytes} bytes`);
  }
  if (objects === 0 && bytes !== PACK_HEADER_BYTES + trailerBytes) {
    throw new GitError('corrupt', `a pack of no objects, but ${bytes} bytes`);
  }
  const body = held.subarray(0, held.length - trailerBytes);
  const trailer = held.subarray(held.length - trailerBytes);
  if (!hash.update(body).digest().equals(trailer)) {
    throw new GitError('corrupt', `the pack's checksum does not match its ${bytes} bytes`);
  }
  yield held;
}
