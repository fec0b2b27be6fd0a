import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { type Asked, describeComparison, ignoredAsText } from '../../replication/comparison.ts';
import { DIFFERENCES_MAX } from '../../replication/contract.ts';
import { type Plan, planHeads, refuseHeads } from '../../replication/plan.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { anOid, aPlan, divergedAt } from '../support/plans.ts';

/** What a state of Step Functions may hold; beyond it an execution ends at once, and no state can catch that. */
const STATE_BYTES_MAX = 256 * 1024;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const ASKED: Asked = { comparedAt: new Date('2026-01-02T03:04:05.000Z'), lagSeconds: 7 };
const comparisonOf = (plan: Plan, asked: Partial<Asked> = {}) =>
  describeComparison(REPLICA, plan, { ...ASKED, ...asked });
const newHeads = (count: number, nameOf: (n: number) => string) =>
  planHeads(
    { refs: new Map(Array.from({ length: count }, (_, n) => [nameOf(n) as RefName, anOid('1')] as [RefName, Oid])) },
    { refs: new Map() },
    DEFAULT_POLICY,
  );

it('says of each difference what is expected, what was found, what would happen and why', () => {
  const plan = aPlan({ 'refs/heads/main': '1' }, { 'refs/heads/main': '2', 'refs/tags/gone': '3' });

  expect(comparisonOf(plan)).toEqual({
    replica: REPLICA.id,
    verdict: 'behind',
    kind: 'behind',
    headline: `The replica ${REPLICA.id} is behind: 2 of 2 heads not as at the source. refs/tags/gone is gone from the source; refs/heads/main has moved at the source.`,
    replicable: true,
    comparedAt: '2026-01-02T03:04:05.000Z',
    lagSeconds: 7,
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    standing: 0,
    memory: expect.stringMatching(/^[\w+/]{24}$/),
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

  const { differences } = comparisonOf(divergedAt('9', plan));

  expect(differences.map(({ ref }) => ref)).toEqual([
    'refs/heads/z-diverged',
    'refs/heads/y-gone',
    'refs/heads/b-moved',
    'refs/heads/a-new',
  ]);
});

it('leaves the plan in its own order', () => {
  const plan = aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/z': '2' });

  comparisonOf(plan);

  expect(plan.heads.map(({ ref }) => ref)).toEqual(['refs/heads/a', 'refs/heads/z']);
});

it('shows the refused heads of 10,000 differences, counts the others, and fits into a state', () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`refs/heads/${'x'.repeat(240)}${n}`, '1']));
  const plan = divergedAt(
    '9',
    aPlan({ ...many, 'refs/heads/zz1': '2', 'refs/heads/zz2': '2' }, { 'refs/heads/zz1': '9', 'refs/heads/zz2': '9' }),
  );

  const comparison = comparisonOf(plan);

  expect(comparison.differences.slice(0, 3).map(({ action }) => action)).toEqual(['refuse', 'refuse', 'create']);
  expect(comparison.differences).toHaveLength(DIFFERENCES_MAX);
  expect(comparison.differencesOmitted).toBe(10_002 - DIFFERENCES_MAX);
  expect(bytesOf(comparison)).toBeLessThan(STATE_BYTES_MAX);
});

it('fits into a state however long the names are that git takes', () => {
  // As long as a path may be on Linux, in components of the longest kind, and no UTF-8: each byte is shown as four.
  const plan = newHeads(10_000, (n) => `refs/heads/${`${'\xe9'.repeat(250)}/`.repeat(15)}${n}`);

  expect(plan.heads).toHaveLength(10_000);
  expect(bytesOf(comparisonOf(plan))).toBeLessThan(STATE_BYTES_MAX);
});

it('fits into a state however many namespaces are left out, however long their names are, and whatever the warnings say', () => {
  const names = Array.from({ length: 40 }, (_, n) => [`refs/${'\xe9'.repeat(60_000)}${n}/*`, 1] as const);
  const plan = { ...aPlan({}, {}), ignored: new Map(names), warnings: Array(100).fill('x'.repeat(50_000)) };

  expect(bytesOf(comparisonOf(plan))).toBeLessThan(STATE_BYTES_MAX);
});

it('shows names harmlessly', () => {
  const plan = aPlan({ 'refs/heads/a\u202eb': '1' }, {});

  expect(comparisonOf(plan).differences[0]?.ref).toBe('refs/heads/a\\u{202e}b');
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

it('gives the source the same fingerprint in whatever order its refs come, and another when one head differs', () => {
  const of = (source: Record<string, string>) => comparisonOf(aPlan(source, {})).fingerprint;

  expect(of({ 'refs/heads/a': '1', 'refs/heads/b': '2' })).toBe(of({ 'refs/heads/b': '2', 'refs/heads/a': '1' }));
  expect(of({ 'refs/heads/a': '2', 'refs/heads/b': '1' })).not.toBe(of({ 'refs/heads/a': '1', 'refs/heads/b': '2' }));
});

it('names the command that confirms a mass change in the one sentence that the console shows', () => {
  const massChange = { fingerprint: '0123456789abcdef', deletes: 30, rewrites: 0, of: 40, confirmed: false };
  const plan = { ...divergedAt('9', aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/a': '9' })), massChange };

  expect(comparisonOf(plan).headline).toContain(`{"replica":"${REPLICA.id}","confirm":"0123456789abcdef"}`);
  expect(comparisonOf(plan).headline).not.toContain('of another change');
  expect(comparisonOf(plan, { confirm: 'aaaaaaaaaaaaaaaa' }).headline).toContain(
    'The confirmation "aaaaaaaaaaaaaaaa" is of another change.',
  );
});

it('names the sort of trouble by the reasons for which heads are refused, not by their number', () => {
  const stray = (...names: string[]) => {
    const heads = (digit: string) => Object.fromEntries(names.map((name) => [`refs/heads/${name}`, digit]));
    return comparisonOf(divergedAt('9', aPlan(heads('1'), heads('9')))).kind;
  };

  expect(stray('a')).toBe('diverged:diverged');
  expect(stray('a', 'b')).toBe(stray('c'));
  expect(comparisonOf(aPlan({ 'refs/heads/a': '1' }, {})).kind).toBe('behind');
  expect(comparisonOf(aPlan({}, { 'refs/heads/a': '1' })).kind).toBe('refused:source-empty');
  expect(comparisonOf(aPlan({}, {})).kind).toBe('in-sync');
});

describe('the one sentence for the console', () => {
  const [A, B] = ['refs/heads/a', 'refs/heads/b'];
  const headlineOf = (plan: Plan, asked: Partial<Asked> = {}) =>
    comparisonOf(plan, asked).headline.replace(`The replica ${REPLICA.id} is `, '');

  it('says of a replica in sync how many heads prove it', () => {
    expect(headlineOf(aPlan({ [A]: '1', [B]: '2' }, { [A]: '1', [B]: '2' }))).toBe('in sync: 2 heads.');
    const kept = aPlan({ [A]: '1', [B]: '2' }, { [A]: '1', [B]: '2', 'refs/heads/c': '3' }, { deletes: 'keep' });
    expect(headlineOf(kept)).toBe('in sync: 2 heads.');
  });

  it('names three heads, counts the others, and none that is kept', () => {
    const source = { 'refs/heads/1': '1', 'refs/heads/2': '1', 'refs/heads/3': '1', 'refs/heads/4': '1', [A]: '1' };
    const says = ['1', '2', '3'].map((n) => `refs/heads/${n} is at the source and not yet at the destination`);

    expect(headlineOf(aPlan(source, { [B]: '2' }, { deletes: 'keep' }))).toBe(
      `behind: 5 of 6 heads not as at the source. ${says.join('; ')}; and 2 more.`,
    );
    expect(headlineOf(aPlan({ [A]: '1' }, {}))).toBe(
      `behind: 1 of 1 head not as at the source. ${A} is at the source and not yet at the destination.`,
    );
  });

  it('says what is left where every head is as it should be', () => {
    const plan = { ...aPlan({ [A]: '1' }, { [A]: '1' }), seeded: [anOid('7')] };

    expect(headlineOf(plan)).toBe('behind: its default branch, or what a seeding left, is not as it should be.');
  });

  it('asks for no confirmation that was given', () => {
    const massChange = { fingerprint: '0123456789abcdef', deletes: 1, rewrites: 0, of: 1, confirmed: true };
    const plan = { ...aPlan({ [A]: '1' }, { [A]: '1', [B]: '2' }), massChange };

    expect(headlineOf(plan, { confirm: '0123456789abcdef' })).toBe(
      `behind: 1 of 2 heads not as at the source. ${B} is gone from the source.`,
    );
  });
});

it('passes on what was confirmed, and what must be: to the task, and to people', () => {
  const massChange = { fingerprint: '0123456789abcdef', deletes: 30, rewrites: 0, of: 40, confirmed: false };
  const plan = aPlan({ 'refs/heads/a': '1' }, {});

  const [asked, plain] = [comparisonOf({ ...plan, massChange }, { confirm: 'aaaaaaaaaaaaaaaa' }), comparisonOf(plan)];

  expect(asked.massChange).toEqual(massChange);
  expect(JSON.parse(asked.task)).toEqual({ ...REPLICA, confirm: 'aaaaaaaaaaaaaaaa' });
  expect(JSON.parse(plain.task)).toEqual(REPLICA);
  expect(plain).not.toHaveProperty('massChange');
  expect(plain).not.toHaveProperty('warnings');
});

it('passes on the first ten warnings, of a thousand characters each', () => {
  const warnings = Array.from({ length: 11 }, (_, n) => `${n}`.padEnd(n < 5 ? 1000 : 1001, 'x'));

  expect(comparisonOf({ ...aPlan({}, {}), warnings }).warnings).toEqual(
    warnings.slice(0, 10).map((text) => (text.length === 1000 ? text : `${text.slice(0, 1000)}…`)),
  );
});

it('tells sources apart whose names differ in one byte that is no ASCII', () => {
  const of = (name: string) => comparisonOf(aPlan({ [name]: '1' }, {})).fingerprint;

  expect(of('refs/heads/á')).not.toBe(of('refs/heads/â'));
});

describe('beside an earlier comparison', () => {
  const later = (earlier: Plan, plan: Plan) => comparisonOf(plan, { before: comparisonOf(earlier).memory });
  const [A, B] = ['refs/heads/a', 'refs/heads/b'];

  it('a head stands that the source has not moved since', () => {
    const plan = aPlan({ [A]: '1' }, { [A]: '2' });

    expect(later(plan, aPlan({ [A]: '1' }, { [A]: '3' }))).toMatchObject({ standing: 1, verdict: 'behind' });
    expect(later(plan, aPlan({ [A]: '4' }, { [A]: '2' }))).toMatchObject({ standing: 0, verdict: 'behind' });
    expect(later(plan, aPlan({ [A]: '1' }, { [A]: '1' }))).toMatchObject({ standing: 0, verdict: 'in-sync' });
  });

  it('a head that is refused stands however often either side moves it, and for whatever reason', () => {
    const stray = (at: string) => divergedAt('9', aPlan({ [A]: at }, { [A]: '9' }));
    const other = refuseHeads(aPlan({ [A]: '3' }, { [A]: '8' }), () => 'origin-unknown');

    expect(later(stray('1'), stray('2'))).toMatchObject({ standing: 1, verdict: 'diverged' });
    expect(later(stray('1'), other)).toMatchObject({ standing: 1, kind: 'refused:origin-unknown' });
  });

  it('a source that never rests hides no head that stands: only that is told', () => {
    const restless = (at: string) => divergedAt('9', aPlan({ [A]: at, [B]: '5' }, { [A]: '3', [B]: '9' }));

    const { standing, verdict, differences, counts } = later(restless('1'), restless('2'));

    expect({ standing, verdict, heads: differences.map(({ ref }) => ref) }).toEqual({
      standing: 1,
      verdict: 'diverged',
      heads: [B],
    });
    expect(counts).toMatchObject({ update: 1, refuse: 1 });
  });

  it('a third looks only at what stood in the second', () => {
    const first = aPlan({ [A]: '1', [B]: '1' }, {});
    const second = later(first, aPlan({ [A]: '1', [B]: '2' }, {}));

    const third = comparisonOf(aPlan({ [A]: '3', [B]: '2' }, {}), { before: second.memory });

    expect([second.standing, third.standing]).toEqual([1, 0]);
  });

  it('a default branch that is not set stands too, and so does what a seeding left', () => {
    const plan: Plan = {
      ...aPlan({ [A]: '1' }, { [A]: '1' }),
      seeded: [anOid('7')],
      defaultBranch: { wanted: A as RefName, found: undefined, settable: true },
    };

    expect(later(plan, plan)).toMatchObject({ standing: 2, verdict: 'behind' });
    expect(later(plan, { ...plan, seeded: [] })).toMatchObject({ standing: 1, defaultBranch: { expected: A } });
    // What only now is left by a seeding does not make a replica that is in sync behind.
    const { defaultBranch: _, ...branchSet } = plan;
    const kept = divergedAt('9', aPlan({ [A]: '1', [B]: '1' }, { [A]: '1', [B]: '9' }));
    expect(later(kept, { ...kept, seeded: [anOid('7')] })).toMatchObject({ standing: 1 });
    expect(later({ ...branchSet, seeded: [] }, branchSet)).toMatchObject({ standing: 0, verdict: 'behind' });
  });

  it('what is kept by policy never stands', () => {
    const kept = aPlan({ [B]: '1' }, { [A]: '1', [B]: '1' }, { deletes: 'keep' });

    expect(later(kept, kept)).toMatchObject({ standing: 0, verdict: 'in-sync', memory: '' });
  });

  it('the sort of trouble is that of what stands', () => {
    const first = divergedAt('9', aPlan({ [A]: '1' }, { [A]: '9' }));
    const plan = refuseHeads(divergedAt('9', aPlan({ [A]: '1', [B]: '2' }, { [A]: '9', [B]: '3' })), ({ ref }) =>
      ref === B ? 'rewrite-refused' : undefined,
    );

    expect(comparisonOf(plan).kind).toBe('diverged:diverged,rewrite-refused');
    expect(later(first, plan).kind).toBe('diverged:diverged');
  });

  it('a head that is refused for a reason of its own is not forgotten behind thousands', () => {
    const many = Object.fromEntries(Array.from({ length: 6000 }, (_, n) => [`refs/heads/n${n}`, '1']));
    const gone = refuseHeads(aPlan({ 'refs/heads/z': '2' }, { ...many, 'refs/heads/z': '9' }), ({ ref }) =>
      ref === 'refs/heads/z' ? 'diverged' : 'mass-change',
    );

    const second = later(gone, gone);

    expect(second).toMatchObject({ verdict: 'diverged', kind: 'diverged:diverged,mass-change' });
    expect(second.differences.map(({ ref }) => ref)).toContain('refs/heads/z');
    expect(second.headline).toContain('6001 of 6001 heads');
  });

  it('the most urgent heads are remembered where there are too many', () => {
    const many = Object.fromEntries(Array.from({ length: 6000 }, (_, n) => [`refs/heads/n${n}`, '1']));
    const plan = divergedAt('9', aPlan({ ...many, 'refs/heads/z': '2' }, { 'refs/heads/z': '9' }));

    const { standing, verdict, memory } = later(plan, plan);

    expect({ standing, verdict }).toEqual({ standing: 5000, verdict: 'diverged' });
    expect(memory.length).toBe(60_000);
  });
});
