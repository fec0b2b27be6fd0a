import {
  NEWS_ALONE_MAX,
  SWEEP_NAMED_MAX,
  type SweepResults,
  type SweepSummary,
  type SweptReplica,
} from './contract.ts';
import { readNews } from './notice/news.ts';

type Outcome = SweptReplica['outcome'];

/** News that a digest has at the most, the worst first: a state's data holds 256 KiB, and an id has up to 128 characters. */
export const DIGEST_NEWS_MAX = 1000;
/** Ids that the one sentence names of each outcome; the lists have more. */
const SAID_MAX = 3;

/** In the order of the sentence: what a person must look at comes last, with names. */
const SAYS: Record<Outcome, string> = {
  'in-sync': 'in sync',
  replicated: 'replicated',
  following: 'following a source that keeps moving',
  coalesced: 'left to another execution',
  drifted: 'drifted',
  failed: 'failed',
};
const OUTCOMES = Object.keys(SAYS) as Outcome[];
const NAMED: readonly Outcome[] = ['drifted', 'failed'];

/** How a sweep ended: counts, those that a person must look at by name, and all of it in one sentence. */
export function summariseSweep({ results, told }: SweepResults): SweepSummary {
  const ids = (wanted: Outcome): string[] =>
    results
      .filter(({ outcome }) => outcome === wanted)
      .map(({ replica }) => replica)
      .sort();
  const found = OUTCOMES.map((outcome) => ({ outcome, replicas: ids(outcome) })).filter(
    ({ replicas }) => replicas.length > 0,
  );
  const news = told.Item?.news?.SS ?? [];
  return {
    says: sentenceOf(results.length, found),
    replicas: results.length,
    outcomes: Object.fromEntries(found.map(({ outcome, replicas }) => [outcome, replicas.length])),
    drifted: ids('drifted').slice(0, SWEEP_NAMED_MAX),
    failed: ids('failed').slice(0, SWEEP_NAMED_MAX),
    replicated: ids('replicated').slice(0, SWEEP_NAMED_MAX),
    ...(news.length > NEWS_ALONE_MAX && { digest: { news: worstOf(news), replicas: results.length } }),
  };
}

function sentenceOf(all: number, found: readonly { outcome: Outcome; replicas: string[] }[]): string {
  if (all === 0) return 'No replica was there to look at.';
  const parts = found.map(({ outcome, replicas }) => {
    const says = `${replicas.length} ${SAYS[outcome]}`;
    return NAMED.includes(outcome) ? `${says} (${namesOf(replicas)})` : says;
  });
  return `${all} ${all === 1 ? 'replica' : 'replicas'}: ${parts.join(', ')}.`;
}

function namesOf(replicas: readonly string[]): string {
  const more = replicas.length - SAID_MAX;
  return `${replicas.slice(0, SAID_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const worstOf = (news: readonly string[]): string[] =>
  readNews(news)
    .flatMap(({ replica, verdicts }) => verdicts.map((verdict) => `${replica} is ${verdict}`))
    .slice(0, DIGEST_NEWS_MAX);
