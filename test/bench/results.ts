import type { ContestantName } from '../../bench/contestants.ts';
import type { Cell, Results, Run } from '../../bench/results.ts';

const run = (seconds: number): Run => ({
  seconds,
  cpuSeconds: 0.1,
  peakMiB: 60,
  requests: 5,
  down: 1000,
  up: 500,
  diskBytes: 0,
});

/** Half of the time in which nothing is asked yet, and the other half for objects. */
const ownRun = (seconds: number): Run => ({
  ...run(seconds),
  phases: { start: seconds / 2, lists: 0, objects: seconds / 2, proof: 0, end: 0 },
});

const cell = (contestant: ContestantName, ...seconds: number[]): Cell => ({
  shape: 'small',
  work: 'commit',
  contestant,
  runs: seconds.map(contestant === 'ccrepl' ? ownRun : run),
  ...(contestant === 'ccrepl' && { mustCarryBytes: 1450 }),
});

/** Results of one work of two rounds, in which ccrepl took so many seconds. */
export const resultsWhere = (ccrepl: number): Results => ({
  format: 1,
  mode: 'quick',
  at: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'A & B', cores: 2, memoryGiB: 8, kernel: '6.1', node: 'v24.0.0', git: '2.39.5', fileSystem: 'ext4' },
  scale: 1,
  rounds: 2,
  shapes: [{ name: 'small', what: '6,000 commits', packBytes: 8_000_000, refs: 42 }],
  cells: [cell('floor', 0.1, 0.1), cell('ccrepl', ccrepl, ccrepl), cell('warm-mirror', 0.4, 0.6)],
  image: { bytes: 46_000_000, stripped: true, originalPackageBytes: 56_000_000 },
  startUp: {
    empty: [30, 30],
    modules: [45, 45],
    firstRequest: [60, 60],
    profile: { native: 0.5, modules: 0.2, compiling: 0.15, own: 0.1, collecting: 0.05 },
  },
});
