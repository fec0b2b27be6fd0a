import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

const FILES = 10;
const BYTES_AT_ONCE = 1_000_000;

/**
 * Puts a commit of ten files with so many megabytes of random bytes, which nothing makes smaller, on the branch `main` of a bare
 * repository, in one pack: `git pack-objects` copies what is in a pack already, faster than anybody takes it.
 */
export async function bigCommit(repository: string, megabytes: number): Promise<void> {
  const config = ['-c', 'core.compression=0', '-c', 'fastimport.unpackLimit=1'];
  const child = spawn('git', ['-C', repository, ...config, 'fast-import', '--quiet', '--done'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const closed = once(child, 'close');
  const write = async (chunk: string | Buffer) => {
    if (!child.stdin.write(chunk)) await once(child.stdin, 'drain');
  };
  const bytesPerFile = Math.round((megabytes * 1_000_000) / FILES);
  await write('commit refs/heads/main\ncommitter C <c@example.com> 1700000000 +0000\ndata 3\nbig\n');
  for (let n = 0; n < FILES; n++) {
    await write(`M 100644 inline f${n}\ndata ${bytesPerFile}\n`);
    for (let left = bytesPerFile; left > 0; left -= BYTES_AT_ONCE)
      await write(randomBytes(Math.min(left, BYTES_AT_ONCE)));
    await write('\n');
  }
  child.stdin.end('done\n');
  const [code] = await closed;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}
