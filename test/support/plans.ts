import type { Oid } from '../../git/oid.ts';
import { type RefName, refFromText } from '../../git/ref.ts';
import { type Plan, planHeads, refuseHeads } from '../../replication/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../../replication/policy.ts';

/** An object id that is easy to read: `anOid('1')` is forty ones. */
export const anOid = (digit: string): Oid => digit.repeat(40).slice(0, 40) as Oid;

/** Refs from names and one-digit ids: `{ 'refs/heads/main': '1' }`. */
export const refs = (heads: Record<string, string>): Map<RefName, Oid> =>
  new Map(Object.entries(heads).map(([name, digit]) => [refFromText(name), anOid(digit)]));

export const aPlan = (
  source: Record<string, string>,
  destination: Record<string, string>,
  policy: Partial<Policy> = {},
): Plan => planHeads({ refs: refs(source) }, { refs: refs(destination) }, { ...DEFAULT_POLICY, ...policy });

/** The plan once it is known that somebody else wrote the object `anOid(digit)`. */
export const divergedAt = (digit: string, plan: Plan): Plan =>
  refuseHeads(plan, ({ old }) => (old === anOid(digit) ? 'diverged' : undefined));
