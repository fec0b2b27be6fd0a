import { NEWS_ALONE_MAX, SWEEP_NAMED_MAX, type SweptReplica } from '../../replication/contract.ts';
import { summariseSweep } from '../../replication/sweep-summary.ts';

const swept = (outcome: SweptReplica['outcome'], ...ids: string[]): SweptReplica[] =>
  ids.map((replica) => ({ replica, outcome }));
const many = (count: number, prefix = 'r'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(4, '0')}`);
const saidOf = (...results: SweptReplica[][]): string => summariseSweep({ results: results.flat(), told: {} }).says;

it('counts how the replicas of a sweep ended, and names those that a person must look at', () => {
  const results = [...swept('drifted', 'd'), ...swept('in-sync', ...many(17)), ...swept('replicated', 'z', 'c')];

  expect(summariseSweep({ results, told: {} })).toEqual({
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

it('has a digest exactly if there are more news than are told alone', () => {
  const digestOf = (count: number) => {
    const news = many(count).map((id) => `${id} is behind`);
    return summariseSweep({ results: swept('drifted', ...many(9)), told: { Item: { news: { SS: news } } } }).digest;
  };

  expect(digestOf(NEWS_ALONE_MAX)).toBeUndefined();
  expect(digestOf(NEWS_ALONE_MAX + 1)).toEqual({ news: many(6).map((id) => `${id} is behind`), replicas: 9 });
  expect(summariseSweep({ results: [], told: { Item: {} } })).not.toHaveProperty('digest');
});

it('puts the worst news first, and each only once', () => {
  const SS = ['a is in-sync', 'b is behind', 'b is behind', 'c is unknown', 'a is diverged', 'd is refused'];

  expect(summariseSweep({ results: [], told: { Item: { news: { SS } } } }).digest?.news).toEqual([
    'a is diverged',
    'a is in-sync',
    'd is refused',
    'b is behind',
    'c is unknown',
  ]);
});

it('fits into a state for thousands of replicas with the longest ids, whatever they ended with', () => {
  const ids = many(3000, 'x'.repeat(123));
  const outcomes = ['drifted', 'failed', 'replicated'] as const;
  const results = ids.map((replica, n) => ({ replica, outcome: outcomes[n % 3] as SweptReplica['outcome'] }));
  const SS = ids.map((id, n) => `${id} is ${n === 2999 ? 'diverged' : 'in-sync'}`);

  const summary = summariseSweep({ results, told: { Item: { news: { SS } } } });

  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(200_000);
  expect(summary.drifted).toEqual(ids.filter((_, n) => n % 3 === 0).slice(0, SWEEP_NAMED_MAX));
  expect(summary.digest?.news[0]).toBe(SS[2999]);
});
