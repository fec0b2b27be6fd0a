/**
 * What is counted, each with CloudWatch's unit. Alarms and the dashboard name these. Without dimensions, because each combination of their values
 * is a metric of its own, and is paid for: what a single replica did is in the logs, which the dashboard asks.
 */
export const METRICS = {
  /** on-push: executions that a push has started. */
  ExecutionsStarted: 'Count',
  /** on-push: records of events that are of no source here. */
  PushesIgnored: 'Count',
  /** compare-heads: readings of both sides, and those that found a difference. */
  Comparisons: 'Count',
  Differing: 'Count',
  /** compare-heads: since when a look has been wanted that has not ended in sync; grows while a replica is not in sync. */
  LagSeconds: 'Seconds',
  /** The task: how it ended, what it carried, and how long it took. */
  Tasks: 'Count',
  TasksFailed: 'Count',
  PackBytes: 'Bytes',
  TaskSeconds: 'Seconds',
  /** summarise-sweep: sweeps that came to their end, and what they found. */
  Sweeps: 'Count',
  ReplicasProven: 'Count',
  ReplicasDrifted: 'Count',
  ReplicasFailed: 'Count',
  /** summarise-sweep: what no push had brought, replicated by a sweep. */
  ReplicasRepaired: 'Count',
} as const satisfies Record<string, 'Count' | 'Seconds' | 'Bytes'>;

export type Metric = keyof typeof METRICS;

export const METRIC_NAMESPACE = 'ccrepl';

/**
 * Values as a line of CloudWatch's embedded metric format, for a log: CloudWatch Logs makes metrics of it, so no permission and no request
 * is needed. Zeros are worth writing: they tell "nothing happened" from "nothing ran".
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param at milliseconds since 1970
 */
export function metricsLine(values: Partial<Record<Metric, number>>, at: number): string {
  const directive = {
    Namespace: METRIC_NAMESPACE,
    // One set of dimensions, which is empty; an empty list of sets would make no metric at all.
    Dimensions: [[]],
    Metrics: (Object.keys(values) as Metric[]).map((Name) => ({ Name, Unit: METRICS[Name] })),
  };
  return `${JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...values })}\n`;
}
