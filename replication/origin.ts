import type { Oid } from '../git/oid.ts';
import { type Plan, refuseHeads, tipsInQuestion } from './plan.ts';

/** Somebody who can say which objects the source has. Gives those of `oids` that it has; undefined if it cannot say. */
export type SourceKnows = (oids: readonly Oid[]) => Promise<ReadonlySet<Oid> | undefined>;

/**
 * Those of `tips` that none of the authorities knows to be the source's: somebody else wrote them. Each authority is asked
 * only about what those before it did not know. Undefined if none could say, and then nothing may be overwritten.
 */
export async function foreignTips(
  tips: ReadonlySet<Oid>,
  authorities: readonly SourceKnows[],
): Promise<ReadonlySet<Oid> | undefined> {
  const foreign = new Set(tips);
  let answered = false;
  for (const knows of authorities) {
    if (foreign.size === 0) return foreign;
    const known = await knows([...foreign]);
    if (known === undefined) continue;
    answered = true;
    for (const oid of known) foreign.delete(oid);
  }
  return answered || foreign.size === 0 ? foreign : undefined;
}

/** The plan with what `foreignTips` found: a foreign head is kept as `diverged`, and without an answer every one in question. */
export function withOrigins(plan: Plan, tips: ReadonlySet<Oid>, foreign: ReadonlySet<Oid> | undefined): Plan {
  const kept = foreign ?? tips;
  const reason = foreign === undefined ? 'origin-unknown' : 'diverged';
  return refuseHeads(plan, ({ old }) => (old !== undefined && kept.has(old) ? reason : undefined));
}

/** The plan with the origin of every tip that it would overwrite settled. */
export async function settleOrigins(plan: Plan, authorities: readonly SourceKnows[]): Promise<Plan> {
  const tips = tipsInQuestion(plan);
  if (tips.size === 0) return plan;
  return withOrigins(plan, tips, await foreignTips(tips, authorities));
}
