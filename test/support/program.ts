import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { COMPILE_CACHE } from './compile-cache.ts';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts a program of Node with this environment and no other, but for what makes sources start faster. */
export function startProgram(
  args: readonly string[],
  env: Record<string, string>,
): { child: ChildProcess; ended: Promise<Ended> } {
  const isSource = args[0]?.endsWith('.ts');
  const child = spawn(process.execPath, args, {
    env: { ...(isSource && COMPILE_CACHE), ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...output }));
  return { child, ended };
}

const CLI = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

/** Starts the command line as a person calls it, without anybody's AWS configuration. */
export const startCcrepl = (args: readonly string[], env: Record<string, string> = {}) =>
  startProgram([CLI, ...args], {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    NO_COLOR: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...env,
  });

export const ccrepl = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  startCcrepl(args, env).ended;
