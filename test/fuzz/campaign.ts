import { join } from 'node:path';
import { Coverage } from './coverage.ts';
import { heapBytes } from './heap.ts';
import { describeFinding } from './report.ts';
import { findingOf, search } from './search.ts';
import { shrink } from './shrink.ts';
import type { Target } from './target.ts';
import { Watchdog } from './watchdog.ts';

const HOME = join(import.meta.dirname, '..', '..');
const MIB = 1024 * 1024;
/** After a tenth of the inputs all is loaded, compiled and cached; from there to the end no more may be added than this. */
const GROWTH_BYTES_MAX = 12 * MIB;

/** A guided search with everything that watches it. False if something was found. */
export async function campaign(
  target: Target,
  inputs: number,
  seed: number,
  say: (line: string) => void,
): Promise<boolean> {
  const coverage = new Coverage(target.files, HOME);
  const watchdog = new Watchdog(target.name);
  const begun = performance.now();
  let start: number | undefined;
  // Most answers are errors, and to write down where each was made would be most of the work.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const {
      inputs: done,
      corpus,
      kinds,
      found,
    } = await search(target, inputs, seed, {
      coverage,
      begin: (bytes) => watchdog.begin(bytes),
      onBatch: (so) => {
        if (start === undefined && so >= inputs / 10) start = heapBytes();
      },
    });
    Error.stackTraceLimit = stackTraceLimit;
    const seconds = (performance.now() - begun) / 1000;
    const end = heapBytes();
    const { reached, of } = coverage.blocks;
    const heap = `heap ${mib(start ?? end)} → ${mib(end)} MiB`;
    say(
      `${target.name}: ${done} inputs, ${Math.round(done / seconds)}/s, blocks ${reached} of ${of}, ${kinds.size} kinds of answers, corpus ${corpus}, ${heap}`,
    );
    if (found !== undefined) {
      const { claim } = found.finding;
      const smallest = await shrink(found.bytes, async (bytes) => {
        watchdog.begin(bytes);
        return (await findingOf(target, bytes))?.claim === claim;
      });
      const finding = (await findingOf(target, smallest)) ?? found.finding;
      say(describeFinding(target, { ...found, finding }, smallest, seed));
      return false;
    }
    if (start !== undefined && end - start > GROWTH_BYTES_MAX) {
      say(
        `FOUND ${target.name}: memory grows: ${heap}\nnpm run fuzz -- --target ${target.name} --inputs ${inputs} --seed ${seed}`,
      );
      return false;
    }
    return true;
  } finally {
    await watchdog.stop();
  }
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
