import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { describeComparison, ignoredAsText } from '../../replication/comparison.ts';
import { DIFFERENCES_MAX } from '../../replication/contract.ts';
import { planHeads } from '../../replication/plan.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { anOid, aPlan, divergedAt } from '../support/plans.ts';

/** What a state of Step Functions may hold; beyond it an execution ends at once, and no state can catch that. */
const STATE_BYTES_MAX = 256 * 1024;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const newHeads = (count: number, nameOf: (n: number) => string) =>
  planHeads(
    { refs: new Map(Array.from({ length: count }, (_, n) => [nameOf(n) as RefName, anOid('1')] as [RefName, Oid])) },
    { refs: new Map() },
    DEFAULT_POLICY,
  );

it('says of each difference what is expected, what was found, what would happen and why', () => {
  const plan = aPlan({ 'refs/heads/main': '1' }, { 'refs/heads/main': '2', 'refs/tags/gone': '3' });

  expect(describeComparison(REPLICA, plan)).toEqual({
    replica: REPLICA.id,
    verdict: 'behind',
    replicable: true,
    counts: { source: 1, destination: 2, inSync: 0, create: 0, update: 1, delete: 1, keep: 0, refuse: 0 },
    differences: [
      { ref: 'refs/tags/gone', expected: null, found: anOid('3'), action: 'delete', reason: 'gone-at-source' },
      {
        ref: 'refs/heads/main',
        expected: anOid('1'),
        found: anOid('2'),
        action: 'update',
        reason: 'moved-at-source',
      },
    ],
    differencesOmitted: 0,
    ignored: {},
    task: JSON.stringify(REPLICA),
  });
});

it('puts first what a person must see: refused, deleted, moved, new, kept', () => {
  const plan = aPlan(
    { 'refs/heads/a-new': '1', 'refs/heads/b-moved': '2', 'refs/heads/z-diverged': '3' },
    { 'refs/heads/b-moved': '1', 'refs/heads/y-gone': '4', 'refs/heads/z-diverged': '9' },
  );

  const { differences } = describeComparison(REPLICA, divergedAt('9', plan));

  expect(differences.map(({ ref }) => ref)).toEqual([
    'refs/heads/z-diverged',
    'refs/heads/y-gone',
    'refs/heads/b-moved',
    'refs/heads/a-new',
  ]);
});

it('leaves the plan in its own order', () => {
  const plan = aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/z': '2' });

  describeComparison(REPLICA, plan);

  expect(plan.heads.map(({ ref }) => ref)).toEqual(['refs/heads/a', 'refs/heads/z']);
});

it('shows the refused heads of 10,000 differences, counts the others, and fits into a state', () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`refs/heads/${'x'.repeat(240)}${n}`, '1']));
  const plan = divergedAt(
    '9',
    aPlan({ ...many, 'refs/heads/zz1': '2', 'refs/heads/zz2': '2' }, { 'refs/heads/zz1': '9', 'refs/heads/zz2': '9' }),
  );

  const comparison = describeComparison(REPLICA, plan);

  expect(comparison.differences.slice(0, 3).map(({ action }) => action)).toEqual(['refuse', 'refuse', 'create']);
  expect(comparison.differences).toHaveLength(DIFFERENCES_MAX);
  expect(comparison.differencesOmitted).toBe(10_002 - DIFFERENCES_MAX);
  expect(bytesOf(comparison)).toBeLessThan(STATE_BYTES_MAX);
});

it('fits into a state however long the names are that git takes', () => {
  // As long as a path may be on Linux, in components of the longest kind, and no UTF-8: each byte is shown as four.
  const plan = newHeads(10_000, (n) => `refs/heads/${`${'\xe9'.repeat(250)}/`.repeat(15)}${n}`);

  expect(plan.heads).toHaveLength(10_000);
  expect(bytesOf(describeComparison(REPLICA, plan))).toBeLessThan(STATE_BYTES_MAX);
});

it('shows names harmlessly', () => {
  const plan = aPlan({ 'refs/heads/a\u202eb': '1' }, {});

  expect(describeComparison(REPLICA, plan).differences[0]?.ref).toBe('refs/heads/a\\u{202e}b');
});

it('says what was left out, the largest namespace first, and the rest as one sum', () => {
  const ignored = new Map([
    ['refs/notes/*', 1],
    ['refs/pull/*', 900],
    ['refs/x\x1b/*', 2],
    ['refs/changes/*', 30],
  ]);

  expect(Object.entries(ignoredAsText(ignored, 2))).toEqual([
    ['refs/pull/*', 900],
    ['refs/changes/*', 30],
    ['others', 3],
  ]);
  expect(Object.keys(ignoredAsText(ignored, 4))).toContain('refs/x\\u{1b}/*');
  expect(ignoredAsText(ignored, 4)).not.toHaveProperty('others');
});
