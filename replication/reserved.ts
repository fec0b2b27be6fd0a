import type { Oid } from '../git/oid.ts';
import { isValidRefName, type RefName } from '../git/ref.ts';

/**
 * Tips that a rewrite at the source would have lost (`"rewrites": "archive"`), as tags of the destination: tags and branches
 * are all that CodeCommit is known to take. Never replicated, never deleted by us, never drift.
 */
export const ARCHIVE_PREFIX = 'refs/tags/ccrepl-archive/';

/**
 * What holds a history together that is seeded in steps; the number after it is how many bytes of pack the destination took in
 * one push, so that the next run need not find out again. Gone when the seeding is done.
 */
export const SEEDING_PREFIX = 'refs/tags/ccrepl-seeding/';

/** A branch that stands in as the default while the real one cannot exist yet; it lives within one run. */
export const STAND_IN_BRANCH = 'refs/heads/ccrepl-stand-in' as RefName;

/** Refs that are ours, whatever the patterns of a policy say. */
export const isReserved = (ref: RefName): boolean => ref.startsWith(ARCHIVE_PREFIX) || ref.startsWith(SEEDING_PREFIX);

/** CodeCommit's limit for the name of a branch; what it allows a tag is not documented. */
const NAME_BYTES_MAX = 256;

/**
 * Where the old tip of `ref` is archived: `refs/tags/ccrepl-archive/OID/heads/main`. The object's id comes first, so that no
 * name can be the directory of another; an id is archived once.
 */
export function archiveRef(ref: RefName, tip: Oid): RefName {
  const name = `${ARCHIVE_PREFIX}${tip}/${ref.slice('refs/'.length)}`;
  const fits = name.length - 'refs/tags/'.length <= NAME_BYTES_MAX && isValidRefName(name);
  return (fits ? name : `${ARCHIVE_PREFIX}${tip}/long-name`) as RefName;
}

/** The objects that the archive of a destination holds. */
export function archivedTips(refs: Iterable<readonly [RefName, Oid]>): Set<Oid> {
  const tips = new Set<Oid>();
  for (const [ref, oid] of refs) if (ref.startsWith(ARCHIVE_PREFIX)) tips.add(oid);
  return tips;
}

/** The helper refs of a seeding that has not ended. */
export function seedingRefs(refs: Iterable<readonly [RefName, Oid]>): Map<RefName, Oid> {
  const found = new Map<RefName, Oid>();
  for (const [ref, oid] of refs) if (ref.startsWith(SEEDING_PREFIX)) found.set(ref, oid);
  return found;
}

/** The helper ref number `n` of a seeding in packs of at most `bytes`. */
export const seedingRef = (bytes: number, n: number): RefName => `${SEEDING_PREFIX}${bytes}/${n}` as RefName;

/** The smallest number of bytes that the helper refs say; undefined if there are none. */
export function seedingLimit(refs: ReadonlyMap<RefName, Oid>): number | undefined {
  let limit: number | undefined;
  for (const ref of refs.keys()) {
    const bytes = Number(/^(\d{1,15})\/\d+$/.exec(ref.slice(SEEDING_PREFIX.length))?.[1] ?? Number.NaN);
    if (bytes > 0) limit = Math.min(limit ?? bytes, bytes);
  }
  return limit;
}
