import type { StormReport } from '../../local/storm/storm.ts';
import { digits, markdownTable } from '../report.ts';
import type { Machine } from '../results.ts';
import type { SweepFigures } from './sweep.ts';

/** What `npm run bench:workflow` keeps. */
export interface WorkflowResults {
  at: string;
  machine: Machine;
  sweeps: readonly SweepFigures[];
  storm: StormReport;
}

export const SWEEP_COLUMNS = [
  'replicas',
  'behind',
  'tasks',
  'comparisons',
  'transitions',
  'seconds',
  'ms a replica',
  'peak MiB',
  'alerts',
];

export const sweepRow = (figures: SweepFigures): string[] => {
  const { replicas, behind, tasks, comparisons, transitions, seconds, peakMiB, alerts } = figures;
  const counts = [replicas, behind, tasks, comparisons, transitions].map(String);
  return [...counts, digits(seconds), digits((seconds * 1000) / replicas), String(peakMiB), String(alerts)];
};

export const stormRows = (storm: StormReport): string[][] => [
  ['pushes', `${storm.pushes} in ${storm.seconds.toFixed(0)} s, ${storm.refused} refused`],
  ['executions', `${storm.executions}, of which ${storm.coalesced} left their work to another`],
  ['tasks', `${storm.tasks}, at most ${storm.mostTasksAtOnce} at once`],
  [
    'last push to verified',
    storm.secondsToVerified === null ? 'never' : `${Math.max(0, storm.secondsToVerified).toFixed(1)} s`,
  ],
  ['at the end', `${storm.verdict}, ${storm.heads} heads`],
];

/** For docs/performance.md. */
export function workflowSection({ at, machine, sweeps, storm }: WorkflowResults): string[] {
  return [
    `Measured ${at.slice(0, 10)}: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}.`,
    '',
    ...markdownTable(SWEEP_COLUMNS, sweeps.map(sweepRow)),
    '',
    ...markdownTable(['storm', ''], stormRows(storm)),
  ];
}
