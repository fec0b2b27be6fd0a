import { type DigestNews, SWEEP_NAMED_MAX, type SweepResults, type SweptReplica } from '../../replication/contract.ts';
import { summariseSweep } from '../../replication/sweep-summary.ts';
import type { Verdict } from '../../replication/verdict.ts';

const swept = (outcome: SweptReplica['outcome'], ...ids: string[]): SweptReplica[] =>
  ids.map((replica) => ({ replica, outcome }));
const many = (count: number, prefix = 'r'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(4, '0')}`);
const aNews = (replica: string, verdict: Verdict, kind: string = verdict): DigestNews => ({ replica, verdict, kind });

/** Of a sweep that looked at all of which there are results. */
const summaryOf = (results: SweptReplica[], news: SweepResults['news'] = []) =>
  summariseSweep({ replicas: results.map(({ replica }) => ({ replica })), results, news });
const saidOf = (...results: SweptReplica[][]): string => summaryOf(results.flat()).says;

it('counts how the replicas of a sweep ended, and names those that a person must look at', () => {
  expect(
    summaryOf([...swept('drifted', 'd'), ...swept('in-sync', ...many(17)), ...swept('replicated', 'z', 'c')]),
  ).toEqual({
    says: '20 replicas: 17 in sync, 2 replicated, 1 drifted (d).',
    replicas: 20,
    outcomes: { 'in-sync': 17, replicated: 2, drifted: 1 },
    drifted: ['d'],
    failed: [],
    replicated: ['c', 'z'],
  });
});

it('says it in one sentence, for none, one and many', () => {
  expect(saidOf()).toBe('No replica was there to look at.');
  expect(saidOf(swept('in-sync', 'a'))).toBe('1 replica: 1 in sync.');
  expect(saidOf(swept('following', 'a'), swept('coalesced', 'b'))).toBe(
    '2 replicas: 1 following a source that keeps moving, 1 left to another execution.',
  );
  expect(saidOf(swept('failed', 'e', 'd', 'c', 'b', 'a'), swept('drifted', 'g', 'f'))).toBe(
    '7 replicas: 2 drifted (f, g), 5 failed (a, b, c and 2 more).',
  );
});

it.each<[string, unknown[]]>([
  ['nothing', []],
  ['null', [null, null]],
  ['an error', [{ Error: 'States.Timeout', Cause: '' }]],
])('counts replicas as failed that a sweep has lost, where the Map gives %s for them', (_what, instead) => {
  const replicas = ['a', 'b', 'c', 'd'].map((replica) => ({ replica }));
  const results = [...swept('in-sync', 'c'), ...instead, ...swept('drifted', 'b')] as SweptReplica[];

  expect(summariseSweep({ replicas, results, news: [aNews('b', 'behind')] })).toEqual({
    says: '4 replicas: 1 in sync, 1 drifted (b), 2 failed (a, d).',
    replicas: 4,
    outcomes: { 'in-sync': 1, drifted: 1, failed: 2 },
    drifted: ['b'],
    failed: ['a', 'd'],
    replicated: [],
    digest: { news: [aNews('b', 'behind')], replicas: 4 },
  });
});

it('has a digest exactly if there is something that people have not been told', () => {
  const results = swept('drifted', ...many(9));

  expect(summaryOf(results)).not.toHaveProperty('digest');
  expect(summaryOf(results, [{}, {}])).not.toHaveProperty('digest');
  expect(summaryOf(results, [{}, aNews('r-0003', 'behind'), {}]).digest).toEqual({
    news: [aNews('r-0003', 'behind')],
    replicas: 9,
  });
});

it('puts the worst news first, and among them mass changes', () => {
  const news = [
    aNews('a', 'in-sync'),
    aNews('c', 'behind'),
    aNews('b', 'behind'),
    aNews('e', 'unknown'),
    aNews('d', 'refused', 'refused:mass-change'),
    aNews('f', 'refused', 'refused:source-empty'),
    aNews('g', 'diverged', 'diverged:diverged'),
  ];

  expect(summaryOf([], news).digest?.news.map(({ replica }) => replica)).toEqual(['d', 'g', 'f', 'b', 'c', 'e', 'a']);
});

it('tells of each replica once, of the worst that two rounds have noted', () => {
  const mild = aNews('a', 'refused', 'refused:source-empty');
  const worse = aNews('a', 'refused', 'refused:mass-change,source-empty');
  const other = aNews('b', 'behind');

  for (const news of [
    [mild, other, worse],
    [worse, other, mild],
  ])
    expect(summaryOf([], news).digest?.news).toEqual([worse, other]);
});

it('takes words of another version for trouble: an outcome for a failure, a verdict for one that is not known', () => {
  const results = [{ replica: 'a', outcome: 'skipped' as 'failed' }];
  const news = [{ replica: 'b', verdict: 'paused' as 'behind' }];

  expect(summaryOf(results, news)).toMatchObject({
    outcomes: { failed: 1 },
    digest: { news: [{ replica: 'b', verdict: 'unknown', kind: '' }] },
  });
});

it('fits into a state for thousands of replicas with the longest ids, whatever they ended with', () => {
  const ids = many(3000, 'x'.repeat(123));
  const outcomes = ['drifted', 'failed', 'replicated'] as const;
  const results = ids.map((replica, n) => ({ replica, outcome: outcomes[n % 3] as SweptReplica['outcome'] }));
  // So many are noted at the most, each here for every reason that a guard of heads has.
  const kind = `diverged:${'some-guard-said,'.repeat(16)}`;
  const news = ids.slice(0, 300).map((id) => aNews(id, 'diverged', kind));

  const summary = summaryOf(results, news);

  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(200_000);
  expect(summary.drifted).toEqual(ids.filter((_, n) => n % 3 === 0).slice(0, SWEEP_NAMED_MAX));
  expect(summary.digest?.news).toHaveLength(300);
});
