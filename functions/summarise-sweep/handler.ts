import type { SweepResults, SweepSummary } from '../../replication/contract.ts';
import { summariseSweep } from '../../replication/sweep-summary.ts';
import { withErrorNames } from '../failure.ts';
import { log } from '../log.ts';
import { countMetrics } from '../metrics.ts';

/** Says how a sweep ended. */
export const handler = (event: SweepResults): Promise<SweepSummary> =>
  withErrorNames(async () => {
    const summary = summariseSweep(event);
    const { says, replicas, outcomes, digest } = summary;
    log('info', 'swept', { says, replicas, outcomes, news: digest?.news.length ?? 0 });
    const { drifted = 0, failed = 0, replicated = 0, 'in-sync': inSync = 0 } = outcomes;
    countMetrics({
      Sweeps: 1,
      ReplicasProven: inSync + replicated,
      ReplicasRepaired: replicated,
      ReplicasDrifted: drifted,
      ReplicasFailed: failed,
    });
    return summary;
  });
