import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A pack that real `git pack-objects` makes of what `revisions` reach, with its standard input's syntax (`^OID` leaves out). */
export async function packOf(directory: string, revisions: readonly string[], ...options: string[]): Promise<Buffer> {
  const running = promisify(execFile)(
    'git',
    ['-C', directory, 'pack-objects', '--revs', '--stdout', '-q', ...options],
    {
      encoding: 'buffer',
      maxBuffer: 1 << 30,
      env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' },
    },
  );
  running.child.stdin?.end(`${revisions.join('\n')}\n`);
  return (await running).stdout;
}
