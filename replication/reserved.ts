import type { Oid } from '../git/oid.ts';
import { isValidRefName, type RefName } from '../git/ref.ts';
import type { Bounds } from './seed-budget.ts';

/**
 * Tips that a rewrite at the source would have lost (`"rewrites": "archive"`), as tags of the destination: tags and branches
 * are all that CodeCommit is known to take. Never replicated, never deleted by us, never drift.
 */
export const ARCHIVE_PREFIX = 'refs/tags/ccrepl-archive/';

/**
 * What holds a history together that is seeded in steps (`…/line-0`), and what one push is known to take (`…/bytes-TOOK-FAILED`),
 * so that the next run need not find out again. Gone when the seeding is done.
 */
export const SEEDING_PREFIX = 'refs/tags/ccrepl-seeding/';

/** A branch that stands in as the default while the real one cannot exist yet; a helper ref too. */
export const STAND_IN_BRANCH = 'refs/heads/ccrepl-stand-in' as RefName;

/** All of these, as patterns: whoever writes a replica needs the right to them. */
export const RESERVED_PATTERNS: readonly string[] = [`${ARCHIVE_PREFIX}*`, `${SEEDING_PREFIX}*`, STAND_IN_BRANCH];

/** Refs that are ours, whatever the patterns of a policy say. */
export const isReserved = (ref: RefName): boolean => ref.startsWith(ARCHIVE_PREFIX) || isHelper(ref);

/** Refs that only help a run on its way, and that a replica in sync never has. */
export const isHelper = (ref: RefName): boolean => ref.startsWith(SEEDING_PREFIX) || ref === STAND_IN_BRANCH;

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

/** The helper refs that a run has left, or is using. */
export function helperRefs(refs: Iterable<readonly [RefName, Oid]>): Map<RefName, Oid> {
  const found = new Map<RefName, Oid>();
  for (const [ref, oid] of refs) if (isHelper(ref)) found.set(ref, oid);
  return found;
}

/** The helper ref number `n` of a seeding, for a line of history that no branch can hold. */
export const seedingLine = (n: number): RefName => `${SEEDING_PREFIX}line-${n}` as RefName;

/** The helper ref that says what one push takes. */
export const seedingMarker = ({ took, failed }: Bounds): RefName =>
  `${SEEDING_PREFIX}bytes-${Math.floor(took)}-${Math.ceil(failed)}` as RefName;

/** What a helper ref says that one push takes; undefined for any other ref. */
export function boundsOf(ref: RefName): Bounds | undefined {
  const [, took, failed] =
    /^bytes-(\d{1,15})-(\d{1,15})$/.exec(ref.startsWith(SEEDING_PREFIX) ? ref.slice(SEEDING_PREFIX.length) : '') ?? [];
  return took === undefined || Number(failed) === 0 ? undefined : { took: Number(took), failed: Number(failed) };
}

/** What the helper refs of a seeding say that one push takes; undefined if none is under way. */
export function seedingBounds(refs: ReadonlyMap<RefName, Oid>): Bounds | undefined {
  for (const ref of refs.keys()) {
    const bounds = boundsOf(ref);
    if (bounds !== undefined) return bounds;
  }
  return undefined;
}
