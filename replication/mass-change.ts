import { createHash } from 'node:crypto';
import { type MassChange, type Plan, type PlannedHead, refuseHeads } from './plan.ts';
import type { Policy } from './policy.ts';

/** Hexadecimal digits of a fingerprint: short enough to type, too long to meet by chance. */
const FINGERPRINT_DIGITS = 16;

export const FINGERPRINT = /^[0-9a-f]{16}$/;

const isDestructive = (head: PlannedHead): boolean =>
  head.action === 'delete' || (head.action === 'update' && head.reason === 'rewritten-at-source');

/** Whether so many destructive moves need a person: both more than the share, and at least the number. */
export const isMassChange = (moves: number, heads: number, { massChange }: Policy): boolean =>
  moves >= massChange.heads && moves * 100 > massChange.percent * heads;

/**
 * Refuses all deletions and rewrites if they are too many, unless `confirm` is the fingerprint of just these. `confirmed` are
 * heads that this run has been allowed already, so that it can finish what it began. Creations and fast-forwards go on.
 */
export function guardMassChange(
  plan: Plan,
  policy: Policy,
  confirm: string | undefined,
  confirmed: ReadonlySet<string> = new Set(),
): Plan {
  const destructive = plan.heads.filter((head) => isDestructive(head) && !confirmed.has(identityOf(head)));
  if (!isMassChange(destructive.length, plan.destination.size, policy)) return plan;
  const fingerprint = fingerprintOf(destructive);
  const massChange: MassChange = {
    fingerprint,
    deletes: destructive.filter(({ action }) => action === 'delete').length,
    rewrites: destructive.filter(({ action }) => action === 'update').length,
    of: plan.destination.size,
    confirmed: confirm === fingerprint,
  };
  if (massChange.confirmed) return { ...plan, massChange };
  const refused = new Set(destructive);
  const guarded = refuseHeads(plan, (head) => (refused.has(head) ? 'mass-change' : undefined));
  return { ...guarded, massChange };
}

/** What a confirmation allowed: the destructive moves of a plan. */
export const destructiveMoves = (plan: Plan): string[] => plan.heads.filter(isDestructive).map(identityOf);

/** One move; a ref name holds no space. */
const identityOf = ({ ref, old, new: next }: PlannedHead): string => `${old ?? '-'} ${next ?? '-'} ${ref}`;

function fingerprintOf(heads: readonly PlannedHead[]): string {
  const hash = createHash('sha256');
  // The plan is sorted by name, so the same moves give the same text. Names are bytes.
  for (const head of heads) hash.update(`${identityOf(head)}\n`, 'latin1');
  return hash.digest('hex').slice(0, FINGERPRINT_DIGITS);
}
