import { displayRef, type RefName } from '../git/ref.ts';
import { type Comparison, type DefaultBranchDifference, DIFFERENCES_MAX, type Difference } from './contract.ts';
import type { Action, DefaultBranchChange, Plan, PlannedHead } from './plan.ts';
import { refToText } from './ref-text.ts';
import type { Replica } from './settings.ts';
import { countHeads, isReplicable, verdictOf } from './verdict.ts';

/** What a person must look at first: a refused head may hide behind thousands that only wait for their turn. */
const URGENCY: Record<Action, number> = { refuse: 0, delete: 1, update: 2, create: 3, keep: 4 };

/** A settled plan as the JSON that travels through the state machine. */
export function describeComparison(replica: Replica, plan: Plan, confirm?: string): Comparison {
  const differences = [...plan.heads].sort((a, b) => URGENCY[a.action] - URGENCY[b.action]);
  return {
    replica: replica.id,
    verdict: verdictOf(plan),
    replicable: isReplicable(plan),
    counts: countHeads(plan),
    differences: differences.slice(0, DIFFERENCES_MAX).map(describeDifference),
    differencesOmitted: Math.max(0, differences.length - DIFFERENCES_MAX),
    ignored: ignoredAsText(plan.ignored, DIFFERENCES_MAX),
    ...(plan.defaultBranch && { defaultBranch: describeDefaultBranch(plan.defaultBranch) }),
    ...(plan.massChange && { massChange: plan.massChange }),
    ...(plan.warnings && { warnings: [...plan.warnings] }),
    task: JSON.stringify({ ...replica, ...(confirm !== undefined && { confirm }) }),
  };
}

export const describeDefaultBranch = ({ wanted, found, settable }: DefaultBranchChange): DefaultBranchDifference => ({
  expected: refToText(wanted),
  found: found === undefined ? null : refToText(found),
  settable,
});

export const describeDifference = (head: PlannedHead): Difference => ({
  ref: refToText(head.ref),
  expected: head.new ?? null,
  found: head.old ?? null,
  action: head.action,
  reason: head.reason,
});

/** Namespaces that are left out, as text, the largest first; beyond `max` as one sum. */
export function ignoredAsText(ignored: ReadonlyMap<string, number>, max: number): Record<string, number> {
  const sorted = [...ignored].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, max).map(([name, count]): [string, number] => [displayRef(name as RefName), count]);
  const rest = sorted.slice(max).reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries(rest === 0 ? shown : [...shown, ['others', rest]]);
}
