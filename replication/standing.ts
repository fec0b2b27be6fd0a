import { createHash } from 'node:crypto';
import { MEMORY_HEADS_MAX } from './contract.ts';
import { type Plan, type PlannedHead, writes } from './plan.ts';

/** Long enough that two of all the heads that a repository may have are never taken for one another. */
const KEY_BYTES = 9;

/** What of a plan stands as in an earlier comparison, and what is to be remembered for the next. */
export interface Standing {
  /** The plan with what stands alone; the whole plan if nothing does. */
  plan: Plan;
  standing: number;
  /** The keys of what stands, or of all that differs where no earlier comparison is given; base64. */
  memory: string;
}

/**
 * Tells what stands from what only moves. A head that a replication would write stands if the source still has for it what it
 * had: the replication had its chance. One that is refused stands if it is refused again: nobody but a person
 * changes that, however often the source moves it. What is kept by policy differs as its owner wants it, and does not count.
 *
 * @param heads those of the plan, the most urgent first: beyond {@link MEMORY_HEADS_MAX} they count as not seen before
 * @param before the `memory` of the earlier comparison
 */
export function standingSince(plan: Plan, heads: readonly PlannedHead[], before: string | undefined): Standing {
  const differing = heads
    .filter((head) => writes(head) || head.action === 'refuse')
    .map((head) => ({ head, key: keyOf(head) }));
  const branch = plan.defaultBranch?.settable ? keyOfText(`branch ${plan.defaultBranch.wanted}`) : undefined;
  // Helper refs of a seeding that has not ended: which ones is no matter.
  const seeding = plan.seeded.length > 0 ? keyOfText('seeding') : undefined;
  const others = [branch, seeding].filter((key) => key !== undefined);
  if (before === undefined) {
    return { plan, standing: 0, memory: pack([...others, ...differing.map(({ key }) => key)]) };
  }
  const known = unpack(before);
  const stands = differing.filter(({ key }) => known.has(key));
  const othersStand = others.filter((key) => known.has(key));
  const keys = [...othersStand, ...stands.map(({ key }) => key)];
  if (keys.length === 0) return { plan, standing: 0, memory: '' };
  const { defaultBranch, ...rest } = plan;
  const standing = new Set(stands.map(({ head }) => head));
  const part: Plan = {
    ...rest,
    heads: plan.heads.filter((head) => standing.has(head)),
    seeded: seeding !== undefined && known.has(seeding) ? plan.seeded : [],
    ...(defaultBranch && branch !== undefined && known.has(branch) && { defaultBranch }),
  };
  return { plan: part, standing: keys.length, memory: pack(keys) };
}

const keyOf = ({ action, ref, new: next }: PlannedHead): string =>
  keyOfText(action === 'refuse' ? `refuse ${ref}` : `write ${next ?? '-'} ${ref}`);

/** Names are bytes. */
const keyOfText = (text: string): string =>
  createHash('sha256').update(text, 'latin1').digest().subarray(0, KEY_BYTES).toString('base64');

/** As nine bytes are twelve characters of base64 and no padding, texts of keys are just put together. */
const pack = (keys: readonly string[]): string => keys.slice(0, MEMORY_HEADS_MAX).join('');

const unpack = (memory: string): Set<string> => new Set(memory.match(/.{12}/g) ?? []);
