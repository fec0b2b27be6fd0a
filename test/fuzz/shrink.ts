/** So many tries and no more: small enough is enough. */
const TRIES_MAX = 3000;

/** The smallest input that greed finds of which `fails` is still true. */
export async function shrink(bytes: Buffer, fails: (smaller: Buffer) => Promise<boolean>): Promise<Buffer> {
  let best = bytes;
  let tries = 0;
  for (let size = Math.max(1, best.length >> 1); size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let at = 0; at < best.length && tries < TRIES_MAX; tries++) {
      const smaller = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (await fails(smaller)) best = smaller;
      else at += size;
    }
  }
  return best;
}
