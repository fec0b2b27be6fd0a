import type { Oid } from '../../git/oid.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import { witnessesOf } from '../../replication/apis.ts';
import { chooseHaves } from '../../replication/haves.ts';
import { foreignTips, settleOrigins, withOrigins } from '../../replication/origin.ts';
import { type Plan, type PlannedHead, tipsInQuestion, writes } from '../../replication/plan.ts';
import { mustKnowRewrites } from '../../replication/rewrites.ts';
import { type Confirmation, confirmDeletes, settleMoves } from '../../replication/settle.ts';
import type { Context } from './context.ts';
import type { Sides } from './sides.ts';
import { openPack, type WaitingPack } from './transfer.ts';

/** A plan with every guard applied, and the pack that it needs first. */
export interface Prepared {
  plan: Plan;
  /** Absent if all new tips are at the destination already. */
  pack: WaitingPack | undefined;
}

/** Most tips in one request for a pack: git's own server takes 10 MB of request, 50 bytes a tip. */
export const WANTS_MAX = 50_000;

/**
 * Settles the plan, and opens the pack. The answer to the request for the pack itself says which haves the source knows, so a
 * plain update costs no question of its own; only what it does not name (JGit names no ancestors of what it has named) is asked about.
 */
export async function prepare(
  context: Context,
  planned: Plan,
  sides: Sides,
  confirmation: Confirmation,
  options: { full: boolean },
): Promise<Prepared> {
  const { source, policy, apis } = context;
  const witnesses = witnessesOf(source, sides.source, apis.source);
  const plan = await confirmDeletes(planned, witnesses.stillThere);
  const haves = options.full ? [] : chooseHaves(plan);
  const wants = missingTips(plan.heads, sides.destination, WANTS_MAX);
  const tips = tipsInQuestion(plan);
  const answersHaves = sides.source.capabilities.has('multi_ack_detailed');
  if (wants.length === 0 || !answersHaves || mustKnowRewrites(plan, policy) || !isSubset(tips, new Set(haves))) {
    const ours = await settleOrigins(plan, witnesses.knows);
    return open(context, await settleMoves(ours, policy, witnesses, confirmation), sides, options);
  }

  const pack = await openPack(context, sides, wants, haves);
  try {
    const foreign = await foreignTips(tips, [async () => pack.common, ...witnesses.knows]);
    const ours = withOrigins(plan, tips, foreign);
    const settled = await settleMoves(ours, policy, witnesses, confirmation);
    const still = missingTips(settled.heads, sides.destination, WANTS_MAX);
    if (still.length === wants.length) return { plan: settled, pack };
    // What was asked for includes heads that must stay: ask again for the others alone.
    pack.cancel();
    return await open(context, settled, sides, options);
  } catch (error) {
    pack.cancel();
    throw error;
  }
}

async function open(context: Context, plan: Plan, sides: Sides, options: { full: boolean }): Promise<Prepared> {
  const wants = missingTips(plan.heads, sides.destination, WANTS_MAX);
  if (wants.length === 0) return { plan, pack: undefined };
  return { plan, pack: await openPack(context, sides, wants, options.full ? [] : chooseHaves(plan)) };
}

/** New tips that no ref of the destination shows to be there, each once, and at most so many. */
export function missingTips(
  heads: readonly PlannedHead[],
  destination: Advertisement,
  most: number,
  arrived: ReadonlySet<Oid> = new Set(),
): Oid[] {
  const there = new Set(destination.refs.values());
  const wants = new Set<Oid>();
  for (const head of heads) {
    if (wants.size >= most) break;
    const { new: tip } = head;
    if (writes(head) && tip !== undefined && !there.has(tip) && !arrived.has(tip)) wants.add(tip);
  }
  return [...wants];
}

function isSubset<T>(part: ReadonlySet<T>, whole: ReadonlySet<T>): boolean {
  for (const item of part) if (!whole.has(item)) return false;
  return true;
}
