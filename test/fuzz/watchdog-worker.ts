import { writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { INPUT_AT } from './watchdog.ts';

/** Processor time, so that a busy machine counts for nothing; and time, for one that waits for what never comes. */
const BUSY_SECONDS_MAX = 20;
const SILENT_SECONDS_MAX = 180;

const { shared, target } = workerData as { shared: SharedArrayBuffer; target: string };
const words = new Int32Array(shared, 0, 2);
let begun = -1;
let since = { at: 0, cpu: process.cpuUsage() };

setInterval(() => {
  const now = Atomics.load(words, 0);
  if (now !== begun) {
    begun = now;
    since = { at: performance.now(), cpu: process.cpuUsage() };
    return;
  }
  const { user, system } = process.cpuUsage(since.cpu);
  const busy = (user + system) / 1e6;
  if (busy < BUSY_SECONDS_MAX && performance.now() - since.at < SILENT_SECONDS_MAX * 1000) return;
  const file = join(tmpdir(), `ccrepl-fuzz-hang-${target}-${process.pid}.bin`);
  writeFileSync(file, new Uint8Array(shared, INPUT_AT, Atomics.load(words, 1)));
  // Written at once: the main thread will never write anything again.
  writeSync(2, `${target}: input ${now} does not end.\nnpm run fuzz -- --target ${target} --replay-file ${file}\n`);
  process.kill(process.pid, 'SIGKILL');
}, 1000);
