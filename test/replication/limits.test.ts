import type { RefName } from '../../git/ref.ts';
import { chooseHaves } from '../../replication/haves.ts';
import { destructiveMoves, FINGERPRINT, guardMassChange, isMassChange } from '../../replication/mass-change.ts';
import { METRICS } from '../../replication/metrics.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { planSteps } from '../../replication/pushes.ts';
import { refOfText, refToText } from '../../replication/ref-text.ts';
import { anOid, aPlan } from '../support/plans.ts';

const numbered = (count: number, prefix: string, mark: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, `${n}${mark}`]));
const idsOf = (from: number, to: number, mark: string) =>
  Array.from({ length: from - to + 1 }, (_, n) => anOid(`${from - n}${mark}`));

describe('the haves', () => {
  it('of new heads are the main branch, then the last fourteen branches and the last fourteen tags, in version order', () => {
    const there = {
      'refs/heads/main': 'f',
      ...numbered(100, 'refs/heads/release-', 'a'),
      ...numbered(100, 'refs/tags/v1.', 'b'),
      'refs/notes/x': 'e',
    };

    const plan = aPlan({ ...there, 'refs/heads/0new': 'c' }, there, { refs: ['refs/*'] });

    expect(chooseHaves(plan)).toEqual([anOid('f'), ...idsOf(99, 86, 'a'), ...idsOf(99, 86, 'b')]);
  });

  it('put numbers of any length in their order, and keep what comes first where it is the least', () => {
    const there = { 'refs/heads/v9': '1', 'refs/heads/v10': '2', 'refs/heads/v100000000000': '3', 'refs/heads/v': '4' };

    expect(chooseHaves(aPlan({ ...there, 'refs/heads/x': '5' }, there))).toEqual(['3', '2', '1', '4'].map(anOid));
  });

  it('of new heads are 32 besides those that move, the deleted ones first', () => {
    const gone = numbered(40, 'refs/heads/gone', 'a');

    const haves = chooseHaves(
      aPlan({ 'refs/heads/new': 'c', 'refs/heads/main': 'd' }, { ...gone, 'refs/heads/main': 'd' }),
    );

    expect(haves).toHaveLength(32);
    expect(haves).not.toContain(anOid('d'));
  });

  it('are 256 at the most, with room for what a seeding has brought, of which 64 are named', () => {
    const [from, to] = [numbered(300, 'refs/heads/h', 'a'), numbered(300, 'refs/heads/h', 'b')];
    const seeded = Array.from({ length: 100 }, (_, n) => anOid(`${n}c`));

    const [plain, after] = [chooseHaves(aPlan(from, to)), chooseHaves({ ...aPlan(from, to), seeded })];

    expect(plain).toHaveLength(256);
    expect(after).toHaveLength(256);
    expect(after.slice(192)).toEqual(seeded.slice(0, 64));
  });
});

describe('the name of a ref as text', () => {
  const name = (length: number) => `refs/${'x'.repeat(length - 5)}/y`.slice(0, length) as RefName;

  it('is whole up to a thousand characters, and cut beyond', () => {
    expect(refToText(name(1000))).toBe(name(1000));
    expect(refToText(name(1001))).toBe(`${name(1001).slice(0, 1000)}…`);
  });

  it('stands for a name only if it was not cut, and is a ref’s', () => {
    const long = `refs/heads/${'x'.repeat(1100)}`;

    expect(refOfText(refToText(long as RefName))).toBeUndefined();
    expect(refOfText(long)).toBe(long);
    expect(refOfText('refs/heads/etc…')).toBe(Buffer.from('refs/heads/etc…').toString('latin1'));
    expect(refOfText(`refs/heads/${'x'.repeat(988)}…`)).toBeDefined();
    expect(refOfText(`refs/heads/${'x'.repeat(989)}…`)).toBeUndefined();
    expect(refOfText('heads/main')).toBeUndefined();
    expect(refOfText('refs/heads/a\\u{202e}b')).toBeUndefined();
  });
});

describe('a mass change', () => {
  it.each([
    [200, 1000, false],
    [201, 1000, true],
    [9, 10, false],
    [10, 10, true],
  ])('is %i destructive moves among %i heads: %s', (moves, heads, expected) => {
    expect(isMassChange(moves, heads, DEFAULT_POLICY)).toBe(expected);
  });

  it.each(['0123456789abcdef', '0'.repeat(16)])('has a fingerprint like %s', (text) => {
    expect(text).toMatch(FINGERPRINT);
  });

  it.each(['0123456789abcdef0', 'x0123456789abcdef', '0123456789ABCDEF', '0123456789abcde', '0123456789abcdef\n'])(
    'has no fingerprint like %j',
    (text) => {
      expect(text).not.toMatch(FINGERPRINT);
    },
  );

  const gone = (...names: string[]) =>
    guardMassChange(
      aPlan({ 'refs/heads/z': '1' }, Object.fromEntries(names.map((name) => [name, '1']))),
      { ...DEFAULT_POLICY, massChange: { percent: 0, heads: 1 } },
      undefined,
    ).massChange;

  it('tells names apart that differ in one byte that is no ASCII', () => {
    expect(gone('refs/heads/á')?.fingerprint).not.toBe(gone('refs/heads/â')?.fingerprint);
  });

  it('allows, once it is confirmed, just the moves that it was made of', () => {
    const plan = aPlan(
      { 'refs/heads/new': '1', 'refs/heads/moved': '2' },
      { 'refs/heads/gone': '3', 'refs/heads/moved': '4' },
    );
    const rewritten = {
      ...plan,
      heads: plan.heads.map((head) =>
        head.action === 'update' ? { ...head, reason: 'rewritten-at-source' as const } : head,
      ),
    };

    expect(destructiveMoves(plan)).toEqual([`${anOid('3')} - refs/heads/gone`]);
    expect(destructiveMoves(rewritten)).toEqual([
      `${anOid('3')} - refs/heads/gone`,
      `${anOid('4')} ${anOid('2')} refs/heads/moved`,
    ]);
  });
});

it('every metric has the unit of what it counts', () => {
  expect(METRICS).toEqual({
    ...METRICS,
    PackBytes: 'Bytes',
    LagSeconds: 'Seconds',
    TaskSeconds: 'Seconds',
  });
  const counts = Object.entries(METRICS).filter(([name]) => !/Bytes|Seconds/.test(name));
  expect(counts.length).toBeGreaterThan(5);
  expect(counts.filter(([, unit]) => unit !== 'Count')).toEqual([]);
});

describe('the steps of a plan', () => {
  const withDefault = (plan: ReturnType<typeof aPlan>, wanted: string, found: string) => ({
    ...plan,
    defaultBranch: { wanted: wanted as RefName, found: found as RefName, settable: true },
  });
  const names = (steps: ReturnType<typeof planSteps>) =>
    steps.map((step) =>
      step.kind === 'push'
        ? step.heads.map(({ ref, action, reason }) => `${action} ${ref.replace('refs/heads/', '')} ${reason}`)
        : `default ${step.branch}`,
    );

  it('make a branch stand in, and no tag, where the old default stands in the way of the new one', () => {
    const plan = aPlan({ 'refs/heads/a/b': '1', 'refs/tags/t': '2' }, { 'refs/heads/a': '1', 'refs/tags/t': '2' });

    expect(names(planSteps(withDefault(plan, 'refs/heads/a/b', 'refs/heads/a')))[0]).toEqual([
      'create ccrepl-stand-in new-at-source',
    ]);
  });

  it('let another branch stand in only if it is there by then', () => {
    const plan = aPlan(
      { 'refs/heads/a/b': '1', 'refs/heads/a/c': '2', 'refs/heads/d': '3' },
      { 'refs/heads/a': '1', 'refs/heads/d': '3' },
    );
    const refused = {
      ...plan,
      heads: [
        ...plan.heads,
        {
          ref: 'refs/heads/aa' as RefName,
          action: 'refuse' as const,
          old: undefined,
          new: anOid('4'),
          reason: 'diverged' as const,
        },
      ],
      source: new Map([['refs/heads/aa' as RefName, anOid('4')], ...plan.source]),
    };

    expect(names(planSteps(withDefault(refused, 'refs/heads/a/b', 'refs/heads/a')))[0]).toBe('default refs/heads/d');
  });

  it('delete a renamed head last also where the default branch changes, or a name has to become free', () => {
    const renamed = [
      { 'refs/heads/new': '1', 'refs/heads/main': '2' },
      { 'refs/heads/old': '1', 'refs/heads/main': '2' },
    ] as const;

    expect(names(planSteps(withDefault(aPlan(...renamed), 'refs/heads/new', 'refs/heads/old')))).toEqual([
      ['create new new-at-source'],
      'default refs/heads/new',
      ['delete old gone-at-source'],
    ]);
    const freeing = aPlan(
      { ...renamed[0], 'refs/heads/a/b': '3' },
      { ...renamed[1], 'refs/heads/a': '4', 'refs/heads/gone': '5' },
    );
    expect(names(planSteps(freeing))).toEqual([
      ['create new new-at-source'],
      ['delete a gone-at-source'],
      ['create a/b new-at-source'],
      ['delete gone gone-at-source', 'delete old gone-at-source'],
    ]);
  });

  it('put the branch that is to be the default in front also among those that wait for a name', () => {
    const plan = aPlan({ 'refs/heads/a/b': '1', 'refs/heads/a/c': '2' }, { 'refs/heads/a': '3' });

    expect(names(planSteps(plan, { first: 'refs/heads/a/c' as RefName }))[1]).toEqual([
      'create a/c new-at-source',
      'create a/b new-at-source',
    ]);
  });

  it('move one head in front, and no other with it', () => {
    const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/b': '1', 'refs/heads/c': '1' }, {});

    expect(names(planSteps(plan, { first: 'refs/heads/b' as RefName }))[0]).toEqual(
      ['b', 'a', 'c'].map((name) => `create ${name} new-at-source`),
    );
  });
});
