import type { Oid } from '../git/oid.ts';
import type { RefName } from '../git/ref.ts';
import { differingNames, type Heads, type Selection, selectHeads } from './heads.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { archivedTips, helperRefs } from './reserved.ts';

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
  /** Sorted by the bytes of their names; what is archived follows. */
  heads: readonly PlannedHead[];
  inSync: number;
  source: Heads;
  destination: Heads;
  /** Refs of the source outside the policy's patterns, by namespace. */
  ignored: ReadonlyMap<string, number>;
  /** Objects that the destination's archive holds already. */
  archived: ReadonlySet<Oid>;
  /** What helper refs hold at the destination: a seeding has not ended, or a run could not tidy up. */
  seeded: readonly Oid[];
  /** Present if the default branch of the destination is not the source's. */
  defaultBranch?: DefaultBranchChange;
  /** What a person should know although it refuses no head. */
  warnings?: readonly string[];
  /** Present if deletions and rewrites are so many that a person must have confirmed them. */
  massChange?: MassChange;
}

/** Deletions and rewrites that are too many for one run without a person's word. */
export interface MassChange {
  /** Names exactly these deletions and rewrites: what a person gives back to confirm them. */
  fingerprint: string;
  deletes: number;
  rewrites: number;
  /** Heads of the destination, of which these are too large a share. */
  of: number;
  /** True if the confirmation that was given is for just this change. */
  confirmed: boolean;
}

/** The default branch that the source has, and the destination has not. */
export interface DefaultBranchChange {
  wanted: RefName;
  /** Undefined: the destination has none yet. */
  found: RefName | undefined;
  /** Whether it can be set: by CodeCommit's API; git's protocol has no word for it. */
  settable: boolean;
}

/** What one reading of a repository shows: its refs, and what its HEAD is. */
export interface View {
  refs: ReadonlyMap<RefName, Oid>;
  /** What HEAD resolves to, and the branch that it names, where the server says it. */
  head?: Oid | undefined;
  headTarget?: RefName | undefined;
}

/** True for the actions that write to the destination. */
export const writes = (head: PlannedHead): boolean =>
  head.action === 'create' || head.action === 'update' || head.action === 'delete';

/** Compares what both sides show. Nothing may be written before the plan is settled: see `settlePlan`. */
export function planHeads(source: View, destination: View, policy: Policy): Plan {
  const from = selectHeads(source.refs, policy.refs);
  const to = selectHeads(destination.refs, policy.refs);
  const goneBecause = whyGone(source, from, policy);
  const heads: PlannedHead[] = [];
  const { names, equal: inSync } = differingNames(from.heads, to.heads);
  for (const ref of names) {
    const old = to.heads.get(ref);
    const next = from.heads.get(ref);
    if (old === undefined) heads.push({ ref, action: 'create', old, new: next, reason: 'new-at-source' });
    else if (next !== undefined) heads.push({ ref, action: 'update', old, new: next, reason: 'moved-at-source' });
    else heads.push({ ref, old, new: undefined, ...goneBecause });
  }
  for (const ref of differingNames(from.invalid, to.invalid).names) {
    const [old, next] = [to.invalid.get(ref), from.invalid.get(ref)];
    heads.push({ ref, action: 'refuse', old, new: next, reason: 'invalid-name' });
  }
  const { heads: shown, ignored } = from;
  const seeded = [...new Set(helperRefs(destination.refs).values())];
  const archived = archivedTips(destination.refs);
  return { heads, inSync, source: shown, destination: to.heads, ignored, archived, seeded };
}

/** What becomes of a head that the source does not show. */
function whyGone(source: View, from: Selection, policy: Policy): Pick<PlannedHead, 'action' | 'reason'> {
  if (from.heads.size === 0) return { action: 'refuse', reason: 'source-empty' };
  if (policy.deletes === 'keep') return { action: 'keep', reason: 'kept-by-policy' };
  if (!isConsistent(source)) return { action: 'refuse', reason: 'source-inconsistent' };
  return { action: 'delete', reason: 'gone-at-source' };
}

/** A default branch that resolves to an object is a branch; a list that lacks it is not whole. */
const isConsistent = ({ refs, head, headTarget }: View): boolean =>
  head === undefined || headTarget === undefined || refs.has(headTarget);

/** Whether a later reading of the destination shows a head otherwise that the plan was not to write: somebody else is at work. */
export function changedBeside(plan: Plan, destination: Pick<View, 'refs'>, policy: Policy): boolean {
  const planned = new Set(plan.heads.filter(writes).map(({ ref }) => ref));
  const { heads } = selectHeads(destination.refs, policy.refs);
  const isChanged = (ref: RefName) => !planned.has(ref) && heads.get(ref) !== plan.destination.get(ref);
  return [...heads.keys()].some(isChanged) || [...plan.destination.keys()].some(isChanged);
}

/** Whether the destination has a head once the plan is carried out. */
export function willExist(plan: Plan): (ref: RefName) => boolean {
  const moving = new Map(plan.heads.filter(writes).map((head) => [head.ref, head.action]));
  return (ref) => (moving.has(ref) ? moving.get(ref) !== 'delete' : plan.destination.has(ref));
}

/** The plan with a default branch to change, if the two differ and the source's is among the heads. */
export function withDefaultBranch(
  plan: Plan,
  branches: { source: RefName | undefined; destination: RefName | undefined; settable: boolean },
): Plan {
  const { source: wanted, destination: found, settable } = branches;
  if (wanted === undefined || wanted === found || !plan.source.has(wanted)) return plan;
  // A host that neither says nor takes a default branch: nothing to tell.
  if (!settable && found === undefined) return plan;
  return { ...plan, defaultBranch: { wanted, found, settable } };
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

/** The plan with another decision about some of the heads that it would write: they are left alone, the others go on. */
export function refuseHeads(plan: Plan, reasonFor: (head: PlannedHead) => Reason | undefined): Plan {
  let changed = false;
  const heads = plan.heads.map((head): PlannedHead => {
    const reason = writes(head) ? reasonFor(head) : undefined;
    if (reason === undefined) return head;
    changed = true;
    return { ...head, action: 'refuse', reason };
  });
  return changed ? { ...plan, heads } : plan;
}
