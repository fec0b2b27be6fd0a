import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleInParts } from '../build.ts';

/** Who only reads may still be counted a few blocks of 512 bytes: a file's time of last reading is kept in a page on the disk. */
export const BLOCKS_OF_READING = 64;

/** What a process took in its whole life. */
export interface Usage {
  peakMiB: number;
  cpuSeconds: number;
  /** Blocks written to a file system. */
  blocksWritten: number;
}

/** The container's program, which at its end also notes what it used; `usage` reads the note of the last run. */
export interface MeasuredProgram {
  program: string;
  usage: () => Promise<Usage>;
}

export async function measuredProgram(folder: string): Promise<MeasuredProgram> {
  const real = join(folder, 'replicate.mjs');
  const program = join(folder, 'measured.mjs');
  const note = join(folder, 'usage.json');
  await bundleInParts('container/main.ts', real);
  await writeFile(program, noting(real, note));
  return { program, usage: async () => JSON.parse(await readFile(note, 'utf8')) as Usage };
}

/**
 * The peak is the kernel's VmHWM, which begins anew with a program. `maxRSS` does not: a child of Linux inherits its parent's
 * (getrusage(2) counts what was there before execve), and a parent that serves two repositories is often the bigger one.
 * Where there is no /proc it has to do.
 */
const noting = (real: string, note: string): string => `import { readFileSync, writeFileSync } from 'node:fs';
const peakKiB = (maxRSS) => {
  try {
    return Number(/^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]);
  } catch {
    return maxRSS;
  }
};
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime, fsWrite } = process.resourceUsage();
  writeFileSync(${JSON.stringify(note)}, JSON.stringify({
    peakMiB: Math.round(peakKiB(maxRSS) / 1024),
    cpuSeconds: Number(((userCPUTime + systemCPUTime) / 1e6).toFixed(2)),
    blocksWritten: fsWrite,
  }));
});
await import(${JSON.stringify(real)});
`;
