import type { Oid } from '../git/oid.ts';
import type { RefName } from '../git/ref.ts';
import { type Heads, type Selection, selectHeads, unionOfNames } from './heads.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

export type Action = 'create' | 'update' | 'delete' | 'keep' | 'refuse';

/** What is to happen to one head, and why. `old` is what the destination has, `new` what it is to have. */
export interface PlannedHead {
  ref: RefName;
  action: Action;
  old: Oid | undefined;
  new: Oid | undefined;
  reason: Reason;
}

/** Everything that a comparison found. Heads that are equal on both sides are only counted. */
export interface Plan {
  /** Sorted by the bytes of their names. */
  heads: readonly PlannedHead[];
  inSync: number;
  source: Heads;
  destination: Heads;
  /** Refs of the source outside the policy's patterns, by namespace. */
  ignored: ReadonlyMap<string, number>;
}

/** True for the actions that write to the destination. */
export const writes = (head: PlannedHead): boolean =>
  head.action === 'create' || head.action === 'update' || head.action === 'delete';

/** Compares what both sides advertise. Before anything is overwritten, {@link tipsInQuestion} must be answered. */
export function planHeads(
  sourceRefs: Iterable<readonly [RefName, Oid]>,
  destinationRefs: Iterable<readonly [RefName, Oid]>,
  policy: Policy,
): Plan {
  const from = selectHeads(sourceRefs, policy.refs);
  const to = selectHeads(destinationRefs, policy.refs);
  const heads: PlannedHead[] = [];
  let inSync = 0;
  for (const ref of unionOfNames(from.heads, to.heads)) {
    const head = planOne(ref, from, to, policy);
    if (head === undefined) inSync += 1;
    else heads.push(head);
  }
  for (const [ref, oid] of from.invalid) {
    heads.push({ ref, action: 'refuse', old: to.invalid.get(ref), new: oid, reason: 'invalid-name' });
  }
  return { heads, inSync, source: from.heads, destination: to.heads, ignored: from.ignored };
}

function planOne(ref: RefName, from: Selection, to: Selection, policy: Policy): PlannedHead | undefined {
  const next = from.heads.get(ref);
  const old = to.heads.get(ref);
  if (next === old) return undefined;
  if (old === undefined) return { ref, action: 'create', old, new: next, reason: 'new-at-source' };
  if (next !== undefined) return { ref, action: 'update', old, new: next, reason: 'moved-at-source' };
  if (from.heads.size === 0) return { ref, action: 'refuse', old, new: undefined, reason: 'source-empty' };
  if (policy.deletes === 'keep') return { ref, action: 'keep', old, new: undefined, reason: 'kept-by-policy' };
  return { ref, action: 'delete', old, new: undefined, reason: 'gone-at-source' };
}

/**
 * Destination tips that the plan would overwrite or delete, and of which the source's own refs do not already show that it
 * knows them. A tip that the source never had was written by somebody else.
 */
export function tipsInQuestion(plan: Plan): Set<Oid> {
  const advertised = new Set(plan.source.values());
  const tips = new Set<Oid>();
  for (const head of plan.heads) {
    if (writes(head) && head.old !== undefined && !advertised.has(head.old)) tips.add(head.old);
  }
  return tips;
}

/** The plan once it is known which of {@link tipsInQuestion} the source lacks: those heads are kept, the others go on. */
export function refuseTips(plan: Plan, tips: ReadonlySet<Oid>, reason: Reason): Plan {
  if (tips.size === 0) return plan;
  const heads = plan.heads.map(
    (head): PlannedHead =>
      writes(head) && head.old !== undefined && tips.has(head.old) ? { ...head, action: 'refuse', reason } : head,
  );
  return { ...plan, heads };
}
