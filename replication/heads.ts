import type { Oid } from '../git/oid.ts';
import { compareRefs, isValidRefName, type RefName, refFromText } from '../git/ref.ts';
import { isReserved } from './reserved.ts';

/** Ref names and the object ids they point to (an annotated tag's own id), by bytes. */
export type Heads = ReadonlyMap<RefName, Oid>;

/** What of a repository's refs is ours to replicate, and what is not: nothing is lost silently. */
export interface Selection {
  heads: Heads;
  /** Refs that no pattern takes, counted by their first two components: `refs/pull/*`. */
  ignored: Map<string, number>;
  /** Names that a pattern takes, but that git's own rules forbid; never sent anywhere. */
  invalid: Heads;
}

/** Branches and tags: what CodeCommit is known to take. */
export const DEFAULT_REFS: readonly string[] = ['refs/heads/*', 'refs/tags/*'];

/** Takes the refs that match a pattern: an exact name, or a prefix that ends in `*`. Never those that are ours. */
export function selectHeads(refs: Heads, patterns: readonly string[]): Selection {
  const bytes = patterns.map(refFromText);
  const exact = new Set<string>(bytes.filter((pattern) => !pattern.endsWith('*')));
  const prefixes = bytes.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  const ignored = new Map<string, number>();
  const invalid = new Map<RefName, Oid>();
  const leftOut = new Set<RefName>();
  for (const [ref, oid] of refs) {
    const isTaken = !isReserved(ref) && (exact.has(ref) || prefixes.some((prefix) => ref.startsWith(prefix)));
    if (isTaken && isValidRefName(ref)) continue;
    leftOut.add(ref);
    if (isTaken) {
      invalid.set(ref, oid);
    } else {
      const namespace = `${ref
        .split('/')
        .slice(0, isReserved(ref) ? 3 : 2)
        .join('/')}/*`;
      ignored.set(namespace, (ignored.get(namespace) ?? 0) + 1);
    }
  }
  return { heads: without(refs, leftOut), ignored, invalid };
}

/** Mostly it is all of them, and the list may be long: then it is the same one. */
function without(refs: Heads, leftOut: ReadonlySet<RefName>): Heads {
  if (leftOut.size === 0) return refs;
  const heads = new Map<RefName, Oid>();
  for (const [ref, oid] of refs) if (!leftOut.has(ref)) heads.set(ref, oid);
  return heads;
}

/** The names at which the two differ, sorted by bytes, each once; and how many are equal. Only what differs is gathered and sorted. */
export function differingNames(a: Heads, b: Heads): { names: RefName[]; equal: number } {
  const names: RefName[] = [];
  let equal = 0;
  for (const [name, oid] of a) {
    if (b.get(name) === oid) equal += 1;
    else names.push(name);
  }
  for (const name of b.keys()) if (!a.has(name)) names.push(name);
  return { names: names.sort(compareRefs), equal };
}
