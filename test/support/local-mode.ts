import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { COMPILE_CACHE } from './compile-cache.ts';

const HOME = join(import.meta.dirname, '..', '..');

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The program as `npm start` runs it. */
export function startLocalMode(...args: string[]): LocalModeProcess {
  return startWithTemporary(undefined, ...args);
}

export interface LocalModeProcess {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Waits until stdout has the text so often. */
  seen: (text: string, times?: number) => Promise<string>;
}

/** With a folder of its own for whatever is temporary, and as the leader of a group of processes. */
export function startWithTemporary(temporary: string | undefined, ...args: string[]): LocalModeProcess {
  const child = spawn(process.execPath, [join(HOME, 'local', 'main.ts'), '--port', '0', ...args], {
    env: { ...process.env, ...COMPILE_CACHE, NO_COLOR: '1', ...(temporary !== undefined && { TMPDIR: temporary }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: temporary !== undefined,
  });
  const output = { stdout: '', stderr: '' };
  const waiting: { text: string; times: number; resolve: (stdout: string) => void }[] = [];
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const { text: wanted, times, resolve } of waiting)
        if (output.stdout.split(wanted).length > times) resolve(output.stdout);
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  const seen = (text: string, times = 1) =>
    new Promise<string>((resolve, reject) => {
      waiting.push({ text, times, resolve });
      if (output.stdout.split(text).length > times) resolve(output.stdout);
      void ended.then(() => reject(new Error(`ended before "${text}": ${output.stdout}${output.stderr}`)));
    });
  return { child, ended, seen };
}
