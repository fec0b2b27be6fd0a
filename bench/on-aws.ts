import type { ContestantName } from './contestants.ts';
import type { Cell, Results } from './results.ts';
import { spreadOf } from './statistics.ts';

/**
 * What is not measured here, and cannot be on one machine. Seconds, unless they say otherwise. None of it was tried on AWS; each is a
 * guess that can be replaced by what a deployment shows (its metrics have TaskSeconds, its executions their history).
 */
export const ASSUMED = {
  /** From a push to the function's first line. */
  trigger: 1,
  /** Of all functions of a run together, cold. */
  functions: 4,
  /** Between two states, for each of the states of a run. */
  transition: 0.05,
  states: 14,
  /** What Fargate takes for a task before it pulls the image: network interface, placement. */
  placing: 15,
  /** Compressed megabytes of an image that are pulled and unpacked in a second. */
  pullMBps: 40,
  /** A round trip to the other region. */
  roundTrip: 0.08,
  /** How much slower a virtual processor of Fargate is than a core of the measuring machine. */
  slower: 1.5,
  /**
   * Seconds of a processor that ccrepl takes with CodeCommit's sides beyond what it takes with the plain URLs of the bench: the AWS SDK is loaded, and
   * its API asked about both default branches. `npm run bench:memory -- --megabytes 0.01` shows the whole.
   */
  apiCpu: 0.06,
  /** One to each region, on a connection of its own. */
  apiRequests: 2,
} as const;

/** Of a virtual processor: docs/cost/model.ts. */
const SHARE: Record<'ccrepl' | 'stale-image', number> = { ccrepl: 0.25, 'stale-image': 1 };

/** Reckoned seconds from a push to its end at the destination. */
export interface Reckoned {
  work: string;
  contestant: ContestantName;
  before: number;
  pull: number;
  task: number;
  after: number;
  total: number;
}

/** For the works of a shape, from what was measured and what is assumed. */
export function reckon(
  { shapes, cells, image }: Pick<Results, 'shapes' | 'cells' | 'image'>,
  shape: string,
): Reckoned[] {
  const packMB = (shapes.find(({ name }) => name === shape)?.packBytes ?? 0) / 1e6;
  return cells
    .filter((cell) => cell.shape === shape && ['commit', 'hundred'].includes(cell.work))
    .flatMap((cell) => {
      const { contestant } = cell;
      if (contestant !== 'ccrepl' && contestant !== 'stale-image') return [];
      const isOurs = contestant === 'ccrepl';
      // The original's image has a clone in it.
      const imageMB = isOurs ? image.bytes / 1e6 : (image.originalPackageBytes ?? 0) / 1e6 + packMB;
      const pull = imageMB / ASSUMED.pullMBps;
      const { trigger, functions, transition, states, placing } = ASSUMED;
      const before = trigger + placing + (isOurs ? functions / 2 + (transition * states) / 2 : functions / 4);
      const after = isOurs ? functions / 2 + (transition * states) / 2 : 0;
      const task = taskSeconds(cell, SHARE[contestant], isOurs);
      return [{ work: cell.work, contestant, before, pull, task, after, total: before + pull + task + after }];
    });
}

/** What was measured, with the processor's part stretched, and a round trip for each request and two for each connection. */
function taskSeconds({ runs }: Cell, share: number, asksApis: boolean): number {
  const of = (pick: (run: Cell['runs'][number]) => number) => spreadOf(runs.map(pick)).median;
  const { apiCpu, apiRequests, slower, roundTrip } = ASSUMED;
  const [seconds, measured, requests] = [
    of((run) => run.seconds),
    of((run) => run.cpuSeconds),
    of((run) => run.requests),
  ];
  const waiting = Math.max(0, seconds - measured);
  const cpu = measured + (asksApis ? apiCpu : 0);
  const api = asksApis ? apiRequests : 0;
  return (waiting + cpu / share) * slower + (requests + api + 2 * (2 + api)) * roundTrip;
}
