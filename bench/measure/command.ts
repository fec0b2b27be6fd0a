import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a command and all that it started took. */
export interface Usage {
  /** Seconds since 1970: to hold it against what servers saw. */
  beganAt: number;
  seconds: number;
  cpuSeconds: number;
  /** Of its biggest process. */
  peakMiB: number;
}

export interface Command {
  argv: readonly [string, ...string[]];
  env: Record<string, string>;
}

/**
 * Runs a command in a folder, measured by wait4(2) through Python.
 *
 * @param notes a folder for what it says, which is not the command's own
 * @throws Error if it ends with another code than 0, with what it said
 */
export async function measured({ argv, env }: Command, folder: string, notes: string): Promise<Usage> {
  const [note, said] = [join(notes, 'usage.json'), join(notes, 'said.txt')];
  const output = await open(said, 'w');
  const child = spawn('python3', [join(import.meta.dirname, 'measure.py'), note, ...argv], {
    cwd: folder,
    // Whatever it writes into its home or to its temporary folder is found in its own.
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...env },
    stdio: ['ignore', output.fd, output.fd],
  });
  const [status] = await once(child, 'close')
    .catch((error: Error) => {
      throw new Error(`python3 measures what a command takes, and could not be started: ${error.message}`, {
        cause: error,
      });
    })
    .finally(() => output.close());
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${await readFile(said, 'utf8')}`);
  const { code, ...usage } = JSON.parse(await readFile(note, 'utf8')) as Usage & { code: number };
  if (code !== 0) throw new Error(`${argv[0]} ended with ${code}: ${(await readFile(said, 'utf8')).slice(-2000)}`);
  return usage;
}
