import type { Oid } from '../../git/oid.ts';
import type { GitRemote } from '../../git/remote.ts';
import { chooseHaves } from '../../replication/haves.ts';
import { foreignTips, type SourceKnows, settle, settleOrigins } from '../../replication/origin.ts';
import { type Plan, tipsInQuestion, writes } from '../../replication/plan.ts';
import type { Sides } from './sides.ts';
import { openPack } from './transfer.ts';

/** A plan of which every overwritten tip is known to have come from the source, and the pack that it needs. */
export interface Prepared {
  plan: Plan;
  /** Absent if all new tips are at the destination already. */
  pack: { chunks: AsyncIterable<Buffer>; cancel: () => void } | undefined;
  /** Whether the pack relies on objects that the destination must have. */
  thin: boolean;
}

/**
 * Opens the pack, and takes from the plan what somebody else wrote. The answer to the request for the pack itself says which
 * haves the source knows, so a plain update costs no question of its own.
 */
export async function prepare(
  plan: Plan,
  sides: Sides,
  source: GitRemote,
  moreAuthorities: readonly SourceKnows[],
  options: { full: boolean },
): Promise<Prepared> {
  const haves = options.full ? [] : chooseHaves(plan);
  const tips = tipsInQuestion(plan);
  const answersHaves = sides.source.capabilities.has('multi_ack_detailed');
  if (missingTips(plan, sides).length === 0 || !answersHaves || !isSubset(tips, new Set(haves))) {
    const settled = await settleOrigins(plan, [wireKnows(source, sides), ...moreAuthorities]);
    return open(settled, sides, source, options);
  }

  const wants = missingTips(plan, sides);
  const { common, pack, cancel } = await openPack(source, sides, wants, haves);
  const foreign = await foreignTips(tips, [async () => common, ...moreAuthorities]).catch((error: unknown) => {
    cancel();
    throw error;
  });
  if (foreign?.size === 0) return { plan, pack: { chunks: pack, cancel }, thin: haves.length > 0 };
  // What was asked for includes heads that must stay: ask again for the others alone.
  cancel();
  return open(settle(plan, tips, foreign), sides, source, options);
}

/** The source's git server as an authority on what the source has. */
export const wireKnows = (source: GitRemote, sides: Sides): SourceKnows => {
  return (oids) => source.knownObjects(oids, sides.source);
};

async function open(plan: Plan, sides: Sides, source: GitRemote, options: { full: boolean }): Promise<Prepared> {
  const wants = missingTips(plan, sides);
  if (wants.length === 0) return { plan, pack: undefined, thin: false };
  const haves = options.full ? [] : chooseHaves(plan);
  const { pack, cancel } = await openPack(source, sides, wants, haves);
  return { plan, pack: { chunks: pack, cancel }, thin: haves.length > 0 };
}

/** New tips that no ref of the destination shows to be there, each once. */
function missingTips(plan: Plan, sides: Sides): Oid[] {
  const there = new Set(sides.destination.refs.values());
  const wants = new Set<Oid>();
  for (const head of plan.heads) {
    if (writes(head) && head.new !== undefined && !there.has(head.new)) wants.add(head.new);
  }
  return [...wants];
}

function isSubset<T>(part: ReadonlySet<T>, whole: ReadonlySet<T>): boolean {
  for (const item of part) if (!whole.has(item)) return false;
  return true;
}
