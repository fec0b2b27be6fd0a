import {
  type DigestNews,
  SWEEP_NAMED_MAX,
  type SweepResults,
  type SweepSummary,
  type SweptReplica,
} from './contract.ts';
import { WORST_FIRST, worstFirst } from './notice/news.ts';

type Outcome = SweptReplica['outcome'];

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
export function summariseSweep({ replicas, results, news }: SweepResults): SweepSummary {
  const all = endsOf(replicas, results);
  const ids = (wanted: Outcome): string[] =>
    all
      .filter(({ outcome }) => outcome === wanted)
      .map(({ replica }) => replica)
      .sort();
  const found = OUTCOMES.map((outcome) => ({ outcome, replicas: ids(outcome) })).filter(
    (one) => one.replicas.length > 0,
  );
  const untold = untoldOf(news);
  return {
    says: sentenceOf(all.length, found),
    replicas: all.length,
    outcomes: Object.fromEntries(found.map((one) => [one.outcome, one.replicas.length])),
    drifted: ids('drifted').slice(0, SWEEP_NAMED_MAX),
    failed: ids('failed').slice(0, SWEEP_NAMED_MAX),
    replicated: ids('replicated').slice(0, SWEEP_NAMED_MAX),
    ...(untold.length > 0 && { digest: { news: untold, replicas: all.length } }),
  };
}

/** Of each replica. A Map that tolerates failures may leave out what failed in a way that nothing could catch, or give something else. */
function endsOf(replicas: SweepResults['replicas'], results: SweepResults['results']): SweptReplica[] {
  const ends = new Map(results.map((one: Partial<SweptReplica> | null) => [one?.replica, one?.outcome]));
  return replicas.map(({ replica }) => ({ replica, outcome: knownOr('failed', OUTCOMES, ends.get(replica)) }));
}

/** Each replica once, the worst first: in two rounds an execution may have noted trouble of two kinds. */
function untoldOf(news: SweepResults['news']): DigestNews[] {
  const untold = new Map<string, DigestNews>();
  const all = news.flatMap(({ replica, verdict, kind = '' }): DigestNews[] =>
    replica === undefined ? [] : [{ replica, verdict: knownOr('unknown', WORST_FIRST, verdict), kind }],
  );
  for (const one of worstFirst(all)) if (!untold.has(one.replica)) untold.set(one.replica, one);
  return [...untold.values()];
}

/** A word of another version is none of ours. */
const knownOr = <T extends string>(otherwise: T, known: readonly T[], word: string | undefined): T =>
  known.find((one) => one === word) ?? otherwise;

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
