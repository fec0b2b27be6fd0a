import { execFile } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { Machine } from './results.ts';

/** The machine's shape, as far as it matters for figures. */
export async function machineOf(folder: string): Promise<Machine> {
  const all = cpus();
  const said = async (command: string, ...args: string[]) =>
    (await promisify(execFile)(command, args)).stdout.trim().split('\n').at(-1) ?? '';
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    git: (await said('git', '--version')).replace('git version ', ''),
    fileSystem: await said('df', '--output=fstype', folder),
  };
}
