/** What is counted. An alarm or a dashboard names these, so a new one is added here first. */
export type Metric = 'ExecutionsStarted' | 'PushesIgnored';

const NAMESPACE = 'ccrepl';

/**
 * Counts, as one line of CloudWatch's embedded metric format: CloudWatch Logs makes metrics of it, so no permission and no
 * request is needed. Without dimensions, because each combination of their values is a metric of its own, and is paid for.
 * Zeros are worth writing: they tell "nothing happened" from "nothing ran".
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function countMetrics(counts: Partial<Record<Metric, number>>): void {
  const directive = {
    Namespace: NAMESPACE,
    // One set of dimensions, which is empty; an empty list of sets would make no metric at all.
    Dimensions: [[]],
    Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' })),
  };
  const metadata = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  process.stdout.write(`${JSON.stringify({ _aws: metadata, ...counts })}\n`);
}
