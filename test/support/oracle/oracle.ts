import { inspect } from 'node:util';
import type { RelayResult } from '../../../container/relay/result.ts';
import type { Oid } from '../../../git/oid.ts';
import type { RefName } from '../../../git/ref.ts';
import type { Policy } from '../../../replication/policy.ts';
import type { Refs } from './refs.ts';

/** Everything that happened to two repositories around some runs, seen from outside. */
export interface Chronicle {
  /** Every state of the source, from just before the runs on. */
  source: readonly Refs[];
  /** The destination just before the runs, and after them. */
  before: Refs;
  after: Refs;
  /** What others wrote at the destination meanwhile: undefined where they deleted. */
  others?: readonly (readonly [RefName, Oid | undefined])[];
  /** Commits that the source never had. */
  strays?: ReadonlySet<Oid>;
  policy: Pick<Policy, 'deletes' | 'rewrites'>;
  /** Whether the second is, or descends from, the first; where it is known. */
  descends?: (from: Oid, to: Oid) => boolean;
}

const ARCHIVE = 'refs/tags/ccrepl-archive/';
const isOurs = (ref: RefName): boolean =>
  ref.startsWith(ARCHIVE) || ref.startsWith('refs/tags/ccrepl-seeding/') || ref === 'refs/heads/ccrepl-stand-in';
const inScope = (ref: RefName): boolean =>
  (ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/')) && !isOurs(ref);

/** Which head the tags of an archive are of; undefined where its name was too long to be kept. */
const headOf = (archive: RefName): RefName | undefined => {
  const name = archive.slice(ARCHIVE.length).replace(/^[^/]*\//, '');
  return name === 'long-name' ? undefined : (`refs/${name}` as RefName);
};

/**
 * O1: whatever the destination shows was there before, or was the source's. An archived tip was the destination's: it was there
 * before, or somebody wrote it meanwhile, or the run itself had carried it over before the source was rewritten once more.
 */
export function* strangeValues({ source, before, after, others = [] }: Chronicle): Generator<string> {
  const there = new Set([...before.values(), ...others.map(([, oid]) => oid)]);
  for (const [ref, oid] of after) {
    if (before.get(ref) === oid || source.some((refs) => refs.get(ref) === oid)) continue;
    if (others.some(([name, value]) => name === ref && value === oid)) continue;
    if (ref.startsWith(`${ARCHIVE}${oid}/`)) {
      const head = headOf(ref);
      const carried = (refs: Refs) => (head === undefined ? [...refs.values()].includes(oid) : refs.get(head) === oid);
      if (there.has(oid) || source.some(carried)) continue;
    }
    if (isOurs(ref) && !ref.startsWith(ARCHIVE)) continue;
    yield `O1: ${ref} is at ${oid}, which it never was at either side`;
  }
}

/** O2: nothing is lost: a head goes only if the source once showed others but not it; what others wrote stays; so does what the policy keeps. */
export function* losses(chronicle: Chronicle): Generator<string> {
  const { source, before, after, others = [], strays, policy, descends } = chronicle;
  const touched = new Set(others.map(([ref]) => ref));
  for (const [ref, old] of before) {
    const now = after.get(ref);
    if (now === old || touched.has(ref)) continue;
    if (ref.startsWith(ARCHIVE)) yield `O2: the archived tip ${ref} is gone or was moved`;
    if (isOurs(ref)) continue;
    if (!inScope(ref)) yield `O2: ${ref} is outside the replica, and was changed`;
    if (strays?.has(old)) yield `O2: ${ref} was written by somebody else (${old}), and was overwritten with ${now}`;
    const isGone = (refs: Refs) => !refs.has(ref) && [...refs.keys()].some(inScope);
    if (now === undefined) {
      if (!source.some(isGone)) yield `O2: ${ref} is lost: the source always had it, or never showed anything`;
      if (policy.deletes === 'keep') yield `O2: ${ref} was deleted although the policy keeps it`;
    } else if (descends !== undefined && !descends(old, now)) {
      // Gone, as it may, and come again as something else.
      if (policy.deletes === 'mirror' && source.some(isGone)) continue;
      if (policy.rewrites === 'refuse')
        yield `O2: ${ref} was rewritten from ${old} to ${now} although the policy refuses`;
      // What it went forward to before it was rewritten has it in its history.
      const keeps = ([name, oid]: readonly [RefName, Oid]) => name.startsWith(ARCHIVE) && descends(old, oid);
      if (policy.rewrites === 'archive' && ![...after].some(keeps))
        yield `O2: ${ref} was rewritten from ${old} to ${now}, and the old tip is not archived`;
    }
  }
}

/**
 * O4: what a run says of a head is what the destination shows, and a run that names no error has made the destination equal to
 * one state of the source. Only for one run; what others wrote is left out, but for a run that names no error and read the
 * destination (`readSince`) after it was written. Of a head that the destination once showed as what it never was (`misshown`) only
 * what was written can be said truly.
 */
export function* untruths(
  result: RelayResult,
  { source, after, others = [], policy }: Chronicle,
  readSince: (ref: RefName) => boolean = () => false,
  misshown: (ref: RefName) => boolean = () => false,
): Generator<string> {
  const touched = new Set(others.map(([ref]) => ref));
  const kept = new Set<RefName>();
  for (const { ref, status, old, new: next } of result.heads) {
    const now = after.get(ref);
    if (status === 'kept') kept.add(ref);
    if (touched.has(ref)) continue;
    if (status === 'done' && now !== next) yield `O4: ${ref} is said to be done, and is at ${now}, not ${next}`;
    if (['kept', 'refused', 'rejected'].includes(status) && now !== old && !misshown(ref))
      yield `O4: ${ref} is said to be ${status}, and has moved from ${old} to ${now}`;
    if (status === 'not-written' && now !== old && now !== next && !misshown(ref))
      yield `O4: ${ref} is said to be not written, and is at ${now}, neither old nor new`;
    if (status === 'moved' && !misshown(ref))
      yield `O4: ${ref} is said to have been moved by somebody else, and there was nobody`;
  }
  const isGood = result.result === 'in-sync' || result.result === 'replicated';
  if (isGood !== (result.error === undefined))
    yield `O4: the result is "${result.result}", and the error ${result.error?.message}`;
  if (result.error !== undefined) return;
  const isJudged = (ref: RefName) => inScope(ref) && !kept.has(ref) && (!touched.has(ref) || readSince(ref));
  const names = (refs: Refs) => [...refs.keys()].filter(isJudged);
  const equals = (refs: Refs) =>
    names(refs).every((ref) => after.get(ref) === refs.get(ref)) &&
    names(after).every((ref) => after.get(ref) === refs.get(ref));
  if (!source.some(equals)) yield 'O4: the run is said to be good, and the destination equals no state of the source';
  if (kept.size > 0 && policy.deletes !== 'keep') yield `O4: ${[...kept].join(', ')} kept against the policy`;
}

/** O6: no secret in what was said. */
export function* leaks(said: readonly unknown[], secrets: Iterable<string>): Generator<string> {
  const text = said.map((one) => (typeof one === 'string' ? one : inspect(one, { depth: 12, maxStringLength: null })));
  for (const secret of secrets)
    if (secret.length >= 4 && text.some((one) => one.includes(secret)))
      yield `O6: the secret ${secret.slice(0, 6)}… was said`;
}

/** Everything secret in an Authorization header, in each form in which it could be said. */
export function secretsIn(header: string | undefined): string[] {
  const encoded = /^Basic (.+)$/.exec(header ?? '')?.[1];
  if (encoded === undefined) return [];
  const decoded = Buffer.from(encoded, 'base64').toString();
  return [encoded, decoded, decoded.slice(decoded.lastIndexOf(':') + 1)];
}
