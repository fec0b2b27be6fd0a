import type { Oid } from '../git/oid.ts';
import type { RefName } from '../git/ref.ts';
import type { Plan } from './plan.ts';

/** More haves than this are never named: each makes the source's server walk its history. */
export const HAVES_MAX = 256;
/** Other heads named when branches or tags are new, so that the pack need not hold what they share. */
const NEIGHBOURS_MAX = 32;

/** Commits of a seeding that are named. */
const SEEDED_MAX = 64;

const MAIN = ['refs/heads/main', 'refs/heads/master', 'refs/heads/develop', 'refs/heads/trunk'];

/**
 * What to tell the source that the destination has. The old tips of the heads that move come first. For new heads a few
 * others are added, and room is left for them: the usual main branches, then the last branches and tags by name. The choice
 * decides what the transfer costs, never whether it is right.
 */
export function chooseHaves(plan: Plan): Oid[] {
  const moving = new Set<Oid>();
  for (const head of plan.heads) if (head.action === 'update' && head.old !== undefined) moving.add(head.old);
  const others = [
    // What a seeding has brought holds the most, and is there only for this.
    ...plan.seeded.slice(0, SEEDED_MAX),
    ...(plan.heads.some((head) => head.action === 'create') ? besides(moving, plan) : []),
  ];
  return [...new Set([...[...moving].slice(0, HAVES_MAX - others.length), ...others])];
}

/** A few tips that the destination has besides those that move. */
function besides(moving: ReadonlySet<Oid>, plan: Plan): Oid[] {
  const others = new Set<Oid>();
  const add = (oid: Oid | undefined) => {
    if (oid !== undefined && !moving.has(oid) && others.size < NEIGHBOURS_MAX) others.add(oid);
  };
  // A renamed branch is a deletion and a creation.
  for (const head of plan.heads) if (head.action === 'delete') add(head.old);
  for (const ref of neighbours(plan)) add(plan.destination.get(ref));
  return [...others];
}

/** Heads that are equal on both sides, the most useful first. */
function neighbours(plan: Plan): RefName[] {
  const moving = new Set(plan.heads.map((head) => head.ref));
  const equal = [...plan.destination.keys()].filter((ref) => !moving.has(ref));
  const main = (MAIN as RefName[]).filter((ref) => plan.destination.has(ref) && !moving.has(ref));
  const last = (prefix: string) => {
    const names = equal.filter((ref) => ref.startsWith(prefix));
    return lastByVersion(names, NEIGHBOURS_MAX / 2 - MAIN.length / 2);
  };
  return [...main, ...last('refs/heads/'), ...last('refs/tags/')];
}

/** The last few in version order: `v1.10` after `v1.9`. One pass that keeps only the best, for lists of any length. */
function lastByVersion(names: readonly RefName[], count: number): RefName[] {
  const best: { name: RefName; key: string }[] = [];
  for (const name of names) {
    const key = name.replace(/\d+/g, (digits) => digits.padStart(12, '0'));
    if (best.length === count && key <= (best.at(-1)?.key ?? '')) continue;
    const at = best.findIndex((other) => other.key < key);
    best.splice(at < 0 ? best.length : at, 0, { name, key });
    if (best.length > count) best.pop();
  }
  return best.map(({ name }) => name);
}
