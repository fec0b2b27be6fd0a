import { displayRef, type RefName } from '../git/ref.ts';
import { type Comparison, DIFFERENCES_MAX, type Difference } from './contract.ts';
import type { Action, Plan, PlannedHead } from './plan.ts';
import type { Replica } from './settings.ts';
import { countHeads, isReplicable, verdictOf } from './verdict.ts';

/** What a person must look at first: a refused head may hide behind thousands that only wait for their turn. */
const URGENCY: Record<Action, number> = { refuse: 0, delete: 1, update: 2, create: 3, keep: 4 };

/** A settled plan as the JSON that travels through the state machine. */
export function describeComparison(replica: Replica, plan: Plan): Comparison {
  const differences = [...plan.heads].sort((a, b) => URGENCY[a.action] - URGENCY[b.action]);
  return {
    replica: replica.id,
    verdict: verdictOf(plan),
    replicable: isReplicable(plan),
    counts: countHeads(plan),
    differences: differences.slice(0, DIFFERENCES_MAX).map(describeDifference),
    differencesOmitted: Math.max(0, differences.length - DIFFERENCES_MAX),
    ignored: ignoredAsText(plan.ignored, DIFFERENCES_MAX),
    task: JSON.stringify(replica),
  };
}

/** A state's data holds 256 KiB, a name of a ref as many bytes as a file system allows. */
const REF_LENGTH_MAX = 1000;
const bounded = (ref: string): string => (ref.length > REF_LENGTH_MAX ? `${ref.slice(0, REF_LENGTH_MAX)}…` : ref);

export const describeDifference = (head: PlannedHead): Difference => ({
  ref: bounded(displayRef(head.ref)),
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
