import { type Metric, metricsLine } from '../replication/metrics.ts';

/** Counts, as a line of the function's log. */
export function countMetrics(values: Partial<Record<Metric, number>>): void {
  process.stdout.write(metricsLine(values, Date.now()));
}
