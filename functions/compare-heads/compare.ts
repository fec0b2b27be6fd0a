import type { GitRemote } from '../../git/remote.ts';
import { describeComparison } from '../../replication/comparison.ts';
import type { Comparison } from '../../replication/contract.ts';
import { type SourceKnows, settleOrigins } from '../../replication/origin.ts';
import { planHeads } from '../../replication/plan.ts';
import type { Replica } from '../../replication/settings.ts';

/**
 * Reads both sides afresh and says how they stand: the destination first, as the relay does, and with the relay's plan, so
 * that both always agree. Reads with upload-pack only: this identity can push nowhere.
 */
export async function compareHeads(
  replica: Replica,
  source: GitRemote,
  destination: GitRemote,
  sourceKnows: SourceKnows,
): Promise<Comparison> {
  const to = await destination.advertisement('git-upload-pack');
  const from = await source.advertisement('git-upload-pack');
  const plan = planHeads(from.refs, to.refs, replica.policy);
  const wire: SourceKnows = (oids) => source.knownObjects(oids, from);
  return describeComparison(replica, await settleOrigins(plan, [wire, sourceKnows]));
}
