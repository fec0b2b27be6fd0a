import { METRICS, type Metric, metricsLine } from '../../replication/metrics.ts';

it('writes a line that CloudWatch makes metrics of, each with its unit and without dimensions', () => {
  const line = metricsLine({ PackBytes: 0, TaskSeconds: 1.5 }, 1_700_000_000_000);

  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'ccrepl',
          Dimensions: [[]],
          Metrics: [
            { Name: 'PackBytes', Unit: 'Bytes' },
            { Name: 'TaskSeconds', Unit: 'Seconds' },
          ],
        },
      ],
    },
    PackBytes: 0,
    TaskSeconds: 1.5,
  });
});

it('knows units that CloudWatch has, and at most the 100 metrics that one line may hold', () => {
  for (const unit of Object.values(METRICS)) expect(['Count', 'Seconds', 'Bytes']).toContain(unit);

  const all = Object.fromEntries((Object.keys(METRICS) as Metric[]).map((name) => [name, 1]));
  expect(JSON.parse(metricsLine(all, 0))._aws.CloudWatchMetrics[0].Metrics.length).toBeLessThanOrEqual(100);
});
