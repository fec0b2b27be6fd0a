import { createHash } from 'node:crypto';
import { compareRefs, printable, type RefName } from '../git/ref.ts';
import {
  type Comparison,
  type DefaultBranchDifference,
  DIFFERENCES_MAX,
  type Difference,
  MEMORY_HEADS_MAX,
} from './contract.ts';
import type { Heads } from './heads.ts';
import type { Action, DefaultBranchChange, Plan, PlannedHead } from './plan.ts';
import { REASONS } from './reasons.ts';
import { refToText } from './ref-text.ts';
import type { Replica } from './settings.ts';
import { standingSince } from './standing.ts';
import { allHeads, type Counts, countHeads, driftedHeads, isReplicable, type Verdict, verdictOf } from './verdict.ts';

const URGENCY: Record<Action, number> = { refuse: 0, delete: 1, update: 2, create: 3, keep: 4 };
/** Warnings may name branches, and those be long. */
const WARNINGS_MAX = 10;
const WARNING_LENGTH_MAX = 1000;
/** Heads that the one sentence names. */
const NAMED_MAX = 3;

/** What a comparison knows besides the two sides. */
export interface Asked {
  comparedAt: Date;
  lagSeconds: number;
  confirm?: string | undefined;
  /** The `memory` of an earlier comparison. */
  before?: string | undefined;
}

/** A settled plan as the JSON that travels through the state machine. */
export function describeComparison(replica: Replica, whole: Plan, asked: Asked): Comparison {
  const urgent = byUrgency(whole.heads);
  const { plan, standing, memory } = standingSince(whole, urgent, asked.before);
  const differences = plan === whole ? urgent : byUrgency(plan.heads);
  const verdict = verdictOf(plan);
  const counts = countHeads(whole);
  const { confirm } = asked;
  return {
    replica: replica.id,
    verdict,
    kind: kindOf(verdict, plan),
    headline: headlineOf(replica.id, verdict, plan, differences, counts, asked.confirm),
    replicable: isReplicable(whole),
    comparedAt: asked.comparedAt.toISOString(),
    lagSeconds: asked.lagSeconds,
    fingerprint: fingerprintOf(whole.source),
    counts,
    standing,
    memory,
    differences: differences.slice(0, DIFFERENCES_MAX).map(describeDifference),
    differencesOmitted: Math.max(0, differences.length - DIFFERENCES_MAX),
    ignored: ignoredAsText(plan.ignored, DIFFERENCES_MAX),
    ...(plan.defaultBranch && { defaultBranch: describeDefaultBranch(plan.defaultBranch) }),
    ...(plan.massChange && { massChange: plan.massChange }),
    ...(plan.warnings && {
      warnings: plan.warnings.slice(0, WARNINGS_MAX).map((text) => printable(text, WARNING_LENGTH_MAX)),
    }),
    task: JSON.stringify({ ...replica, ...(confirm !== undefined && { confirm }) }),
  };
}

/**
 * What a person must look at first. A refused head may hide behind thousands that only wait for their turn, and one that is refused for a
 * reason of its own behind thousands that are refused for another: so the first of each reason is in front.
 */
function byUrgency(heads: readonly PlannedHead[]): PlannedHead[] {
  const reasons = new Set<string>();
  const rank = ({ action, reason }: PlannedHead): number => {
    if (action !== 'refuse' || reasons.has(reason)) return URGENCY[action];
    reasons.add(reason);
    return -1;
  };
  const ranked = heads.map((head) => ({ head, rank: rank(head) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ head }) => head);
}

/** Reasons, not heads: a second head of the same sort is no other trouble. */
function kindOf(verdict: Verdict, { heads }: Plan): string {
  const reasons = new Set(heads.filter(({ action }) => action === 'refuse').map(({ reason }) => reason));
  return reasons.size === 0 ? verdict : `${verdict}:${[...reasons].sort().join(',')}`;
}

/** One sentence for the console: it is the Cause of a failed execution. */
function headlineOf(
  id: string,
  verdict: Verdict,
  plan: Plan,
  differences: readonly PlannedHead[],
  counts: Counts,
  confirm: string | undefined,
): string {
  if (verdict === 'in-sync') return `The replica ${id} is in sync: ${counts.source} heads.`;
  const differing = differences.filter(({ action }) => action !== 'keep');
  const named = differing.slice(0, NAMED_MAX).map(({ ref, reason }) => `${refToText(ref)} ${REASONS[reason]}`);
  // Of more than are remembered, nobody knows which stand.
  const count = differing.length < MEMORY_HEADS_MAX ? differing.length : driftedHeads(counts);
  const more = count > named.length ? `; and ${count - named.length} more` : '';
  if (differing.length === 0)
    return `The replica ${id} is ${verdict}: its default branch, or what a seeding left, is not as it should be.`;
  const all = allHeads(counts);
  const heads = `${count} of ${all} ${all === 1 ? 'head' : 'heads'} not as at the source`;
  return `The replica ${id} is ${verdict}: ${heads}.${howToConfirm(id, plan, confirm)} ${named.join('; ')}${more}.`;
}

/** Before the names, which may be long and be cut. */
function howToConfirm(id: string, { massChange }: Plan, confirm: string | undefined): string {
  if (massChange === undefined || massChange.confirmed) return '';
  const wrong = confirm === undefined ? '' : ` The confirmation "${confirm}" is of another change.`;
  return `${wrong} To carry out exactly these, start an execution with ${JSON.stringify({ replica: id, confirm: massChange.fingerprint })}.`;
}

/** Names the state of all heads, whatever order they come in. */
function fingerprintOf(heads: Heads): string {
  const hash = createHash('sha256');
  for (const ref of [...heads.keys()].sort(compareRefs)) hash.update(`${heads.get(ref)} ${ref}\n`, 'latin1');
  return hash.digest('hex').slice(0, 16);
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
  const shown = sorted.slice(0, max).map(([name, count]): [string, number] => [refToText(name as RefName), count]);
  const rest = sorted.slice(max).reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries(rest === 0 ? shown : [...shown, ['others', rest]]);
}
