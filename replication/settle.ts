import type { RefName } from '../git/ref.ts';
import { asReplicationError } from './errors.ts';
import { guardMassChange } from './mass-change.ts';
import { refuseTakenNames } from './names.ts';
import { type SourceKnows, settleOrigins } from './origin.ts';
import { type Plan, refuseHeads } from './plan.ts';
import type { Policy } from './policy.ts';
import { type Contains, settleRewrites, withArchives } from './rewrites.ts';

/** A second view of the source, independent of the first: those of `refs` that it shows all the same. */
export type StillThere = (refs: readonly RefName[]) => Promise<ReadonlySet<RefName>>;

/** Whom to ask about the source before something at the destination is overwritten or deleted. */
export interface Witnesses {
  knows: readonly SourceKnows[];
  contains: readonly Contains[];
  stillThere: StillThere;
}

/** What a person confirmed: a fingerprint, and the moves that this run was allowed on its strength. */
export interface Confirmation {
  confirm?: string | undefined;
  confirmed?: ReadonlySet<string>;
}

/** The plan with every guard applied: what is left in it may be carried out. */
export async function settlePlan(
  plan: Plan,
  policy: Policy,
  witnesses: Witnesses,
  confirmation: Confirmation = {},
): Promise<Plan> {
  const confirmed = await confirmDeletes(plan, witnesses.stillThere);
  const ours = await settleOrigins(confirmed, witnesses.knows);
  return settleMoves(ours, policy, witnesses, confirmation);
}

/** The second part of {@link settlePlan}, for a plan whose origins are settled. */
export async function settleMoves(
  plan: Plan,
  policy: Policy,
  witnesses: Pick<Witnesses, 'contains'>,
  { confirm, confirmed }: Confirmation = {},
): Promise<Plan> {
  const known = await settleRewrites(plan, policy, witnesses.contains);
  return withArchives(refuseTakenNames(guardMassChange(known, policy, confirm, confirmed)), policy);
}

/** Before anything is deleted, a second and independent view of the source must agree that it is gone. */
export async function confirmDeletes(plan: Plan, stillThere: StillThere): Promise<Plan> {
  const gone = plan.heads.filter(({ action }) => action === 'delete').map(({ ref }) => ref);
  if (gone.length === 0) return plan;
  let there: ReadonlySet<RefName>;
  try {
    there = await stillThere(gone);
  } catch (caught) {
    const error = asReplicationError(caught);
    // What may pass is tried again with the whole run; what will not must not hold the other heads up.
    if (error.retryable) throw error;
    const warning = `nothing was deleted, because the source could not be read a second time: ${error.message}`;
    const kept = refuseHeads(plan, ({ action }) => (action === 'delete' ? 'unconfirmed' : undefined));
    return { ...kept, warnings: [...(kept.warnings ?? []), warning] };
  }
  return refuseHeads(plan, ({ ref }) => (there.has(ref) ? 'views-disagree' : undefined));
}
