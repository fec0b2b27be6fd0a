import { printable } from '../../git/ref.ts';
import type { Comparison, ReplicaNews } from '../contract.ts';

type State = ReplicaNews['state'];

/** Why people are told now: first trouble, another trouble than they know of, the same one a day later, or all is well again. */
export type Occasion = 'new' | 'changed' | 'reminder' | 'well-again';

/** The state machine has decided that people are told; this finds out what it is to them. */
export function occasionOf({ outcome, recorded }: State): Occasion {
  if (outcome.verdict === 'in-sync') return 'well-again';
  const { told, toldKind } = recorded?.Attributes ?? {};
  if (told === undefined || told.S === 'in-sync') return 'new';
  // That a replica in trouble could not be read is no other trouble: nobody knows whether it has changed.
  if (outcome.verdict === 'unknown') return 'reminder';
  // A record of an older version has no kind.
  const isSame = toldKind === undefined ? told.S === outcome.verdict : toldKind.S === outcome.kind;
  return isSame ? 'reminder' : 'changed';
}

/** What is known now: after a comparison that failed, what an earlier one found no longer counts. */
export const comparisonIn = ({ outcome, compared }: State): Comparison | undefined =>
  outcome.verdict === 'unknown' ? undefined : compared?.result;

/** Since when the replica has been in trouble, ISO 8601. */
export const troubleSince = ({ outcome, recorded }: State): string =>
  recorded?.Attributes?.driftedSince?.S ?? outcome.at;

/** What people were told of a replica: `it was behind`. */
export function toldOf(verdict: string): string {
  if (verdict === 'unknown') return 'it could not be checked';
  return `it was ${verdict === 'in-sync' ? 'in sync' : printable(verdict, 40)}`;
}
