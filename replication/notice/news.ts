import type { DigestNews } from '../contract.ts';
import type { Verdict } from '../verdict.ts';
import { isMassChange } from './kind.ts';

/** The worst first: what a person must look at before the others. */
export const WORST_FIRST: readonly Verdict[] = ['diverged', 'refused', 'behind', 'unknown', 'in-sync'];

const rank = (one: DigestNews): number => (isMassChange(one) ? -1 : WORST_FIRST.indexOf(one.verdict));

/** What many replicas have to tell, the worst first: before all others what makes the message critical. */
export const worstFirst = (news: readonly DigestNews[]): DigestNews[] =>
  [...news].sort((a, b) => rank(a) - rank(b) || (a.replica < b.replica ? -1 : 1));

/** The worst of them; nobody knows if there is none. */
export const worstVerdict = (news: readonly DigestNews[]): Verdict =>
  WORST_FIRST.find((wanted) => news.some(({ verdict }) => verdict === wanted)) ?? 'unknown';
