import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Options } from './options.ts';

/** The same search in so many processes, each with its share of the inputs and a seed of its own. False if one found something. */
export async function inProcesses(program: string, { targets, inputs, seed, jobs }: Options): Promise<boolean> {
  const share = Math.ceil((inputs * targets.length) / jobs);
  const codes = await Promise.all(
    Array.from({ length: jobs }, async (_, index) => {
      const names = targets.flatMap(({ name }) => ['--target', name]);
      const child = spawn(process.execPath, [program, ...names, '--inputs', `${share}`, '--seed', `${seed + index}`], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = (await once(child, 'close')) as [number | null];
      return code;
    }),
  );
  return codes.every((code) => code === 0);
}
