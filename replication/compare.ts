import type { Oid } from '../git/oid.ts';
import type { RefName } from '../git/ref.ts';
import { type SourceKnows, settleOrigins } from './origin.ts';
import { type Plan, planHeads } from './plan.ts';
import type { Policy } from './policy.ts';

/** A repository that can be read, and asked about objects; what a git remote is. */
export interface ReadableRemote<View extends { refs: ReadonlyMap<RefName, Oid> }> {
  advertisement(service: 'git-upload-pack'): Promise<View>;
  knownObjects(oids: readonly Oid[], view: View): Promise<ReadonlySet<Oid> | undefined>;
}

/**
 * Reads both sides afresh and plans: the destination first, as a replication does, so that both always agree. Reads with
 * upload-pack only, so an identity that can push nowhere can do it.
 */
export async function compareRemotes<View extends { refs: ReadonlyMap<RefName, Oid> }>(
  source: ReadableRemote<View>,
  destination: ReadableRemote<View>,
  policy: Policy,
  moreAuthorities: readonly SourceKnows[] = [],
): Promise<Plan> {
  const to = await destination.advertisement('git-upload-pack');
  const from = await source.advertisement('git-upload-pack');
  const wire: SourceKnows = (oids) => source.knownObjects(oids, from);
  return settleOrigins(planHeads(from.refs, to.refs, policy), [wire, ...moreAuthorities]);
}
