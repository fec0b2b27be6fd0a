import { createCipheriv, createHash } from 'node:crypto';
import type { Oid } from '../../../git/oid.ts';
import { blob, commit, type GitObject, tree } from './object.ts';
import { packHeader, wholeEntry } from './pack.ts';

const FILE_BYTES = 8 * 1024 * 1024;

/** A commit of so many megabytes that nothing compresses. Its pack is made as it is sent, a file at a time, and can be made again. */
export interface BigCommit {
  tip: Oid;
  objects: number;
  packBytes: number;
  chunks: () => AsyncGenerator<Buffer>;
}

export async function bigCommit(megabytes: number, seed: string): Promise<BigCommit> {
  const sizes = sizesOf(Math.round(megabytes * 1e6));
  const file = (n: number) => blob(noise(`${seed} ${n}`, sizes[n] as number));
  let packBytes = packHeader(0).length + 20;
  const names: Record<string, GitObject> = {};
  for (const n of sizes.keys()) {
    const whole = file(n);
    packBytes += wholeEntry(whole, 0).length;
    // Only its id is needed for the tree.
    names[`file-${String(n).padStart(5, '0')}.bin`] = { ...whole, body: Buffer.alloc(0) };
  }
  const root = tree(names);
  const made = commit(root, [], `${megabytes} MB`);
  packBytes += wholeEntry(root, 0).length + wholeEntry(made, 0).length;
  async function* chunks(): AsyncGenerator<Buffer> {
    const hash = createHash('sha1');
    const parts = [
      () => packHeader(sizes.length + 2),
      () => wholeEntry(made, 0),
      () => wholeEntry(root, 0),
      ...sizes.map((_, n) => () => wholeEntry(file(n), 0)),
    ];
    for (const part of parts) {
      const bytes = part();
      hash.update(bytes);
      yield bytes;
    }
    yield hash.digest();
  }
  return { tip: made.oid, objects: sizes.length + 2, packBytes, chunks };
}

const sizesOf = (bytes: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(bytes / FILE_BYTES)) }, (_, n) =>
    Math.max(1, Math.min(FILE_BYTES, bytes - n * FILE_BYTES)),
  );

/** The same bytes for the same seed. */
function noise(seed: string, bytes: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
