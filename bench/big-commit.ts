import { createCipheriv } from 'node:crypto';
import { FastImport } from './fast-import.ts';

const FILES = 10;
const BYTES_AT_ONCE = 1_000_000;

/**
 * Puts commits of ten files with so many megabytes in all of bytes that nothing makes smaller on the branch `main` of a bare
 * repository, in one pack: `git pack-objects` copies what is in a pack already, faster than anybody takes it. Always the same
 * bytes for the same `seed`.
 */
export async function bigCommits(
  repository: string,
  { megabytes, commits = 1, seed = 0 }: { megabytes: number; commits?: number; seed?: number },
): Promise<void> {
  const git = new FastImport(repository, { config: ['core.compression=0', 'fastimport.unpackLimit=1'] });
  const random = randomBytes(seed);
  const bytesPerFile = Math.round((megabytes * 1_000_000) / FILES / commits);
  for (let n = 0; n < commits; n++) {
    const when = 1_700_000_000 + seed * 1000 + n;
    await git.write('commit refs/heads/main', `committer C <c@example.com> ${when} +0000`, 'data 3', 'big');
    if (n === 0) await git.write(...(seed === 0 ? [] : ['from refs/heads/main^0']));
    for (let file = 0; file < FILES; file++) {
      await git.write(`M 100644 inline f${file}`);
      await git.data(bytesPerFile, random(bytesPerFile));
    }
  }
  await git.end();
}

/** Bytes that look random, and are the same every time. */
function randomBytes(seed: number): (count: number) => Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  const zeros = Buffer.alloc(BYTES_AT_ONCE);
  return function* (count) {
    for (let left = count; left > 0; left -= BYTES_AT_ONCE)
      yield cipher.update(zeros.subarray(0, Math.min(left, BYTES_AT_ONCE)));
  };
}
