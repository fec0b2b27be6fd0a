import type { Verdict } from '../verdict.ts';

/** The worst first: what a person must look at before the others. */
export const WORST_FIRST: readonly Verdict[] = ['diverged', 'refused', 'behind', 'unknown', 'in-sync'];

/** What one replica had to tell in a sweep. */
export interface ToldReplica {
  replica: string;
  /** The worst first. More than one if its execution went round again and found something else. */
  verdicts: [Verdict, ...Verdict[]];
}

const rank = (verdict: Verdict): number => WORST_FIRST.indexOf(verdict);

/** The replicas in news that each say `ID is VERDICT`, once each, the worst first. News that says something else is unknown. */
export function readNews(news: readonly string[]): ToldReplica[] {
  const found = new Map<string, ToldReplica>();
  for (const text of news) {
    const [, replica = text, said] = /^([\w.-]+) is ([a-z-]+)$/.exec(text) ?? [];
    const verdict = WORST_FIRST.find((known) => known === said) ?? 'unknown';
    const known = found.get(replica);
    if (known === undefined) found.set(replica, { replica, verdicts: [verdict] });
    else if (!known.verdicts.includes(verdict)) known.verdicts.push(verdict);
  }
  for (const { verdicts } of found.values()) verdicts.sort((a, b) => rank(a) - rank(b));
  return [...found.values()].sort(
    (a, b) => rank(a.verdicts[0]) - rank(b.verdicts[0]) || (a.replica < b.replica ? -1 : 1),
  );
}
