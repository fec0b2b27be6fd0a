import { type Plan, willExist, writes } from './plan.ts';

/** What a comparison found of one replica. */
export type Verdict = 'in-sync' | 'behind' | 'diverged' | 'refused' | 'unknown';

/** Heads by what was found; `source` and `destination` count those that the policy takes. */
export interface Counts {
  source: number;
  destination: number;
  inSync: number;
  create: number;
  update: number;
  delete: number;
  keep: number;
  refuse: number;
}

export function countHeads(plan: Plan): Counts {
  const counts: Counts = {
    source: plan.source.size,
    destination: plan.destination.size,
    inSync: plan.inSync,
    create: 0,
    update: 0,
    delete: 0,
    keep: 0,
    refuse: 0,
  };
  for (const head of plan.heads) counts[head.action] += 1;
  return counts;
}

/** All heads that there are, on either side or on both. */
export const allHeads = (counts: Counts): number =>
  counts.inSync + counts.create + counts.update + counts.delete + counts.keep + counts.refuse;

/** Heads that are not as at the source, without those that are kept as their owner wants it. */
export const driftedHeads = (counts: Counts): number => counts.create + counts.update + counts.delete + counts.refuse;

/** The worst that was found. A head kept by policy is as its owner wants it. */
export function verdictOf(plan: Plan): Verdict {
  let verdict: Verdict = 'in-sync';
  if (plan.defaultBranch?.settable || plan.seeded.length > 0) verdict = 'behind';
  for (const head of plan.heads) {
    if (head.reason === 'diverged') return 'diverged';
    if (head.action === 'refuse') verdict = 'refused';
    else if (writes(head) && verdict === 'in-sync') verdict = 'behind';
  }
  return verdict;
}

/** Whether a replication would write anything. */
export const isReplicable = (plan: Plan): boolean =>
  plan.heads.some(writes) ||
  plan.seeded.length > 0 ||
  (plan.defaultBranch?.settable === true && willExist(plan)(plan.defaultBranch.wanted));
