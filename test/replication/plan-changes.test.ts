import type { RefName } from '../../git/ref.ts';
import { conflictsWith, refuseLongNames, refuseTakenNames } from '../../replication/names.ts';
import {
  changedBeside,
  type Plan,
  refuseHeads,
  tipsInQuestion,
  willExist,
  withDefaultBranch,
} from '../../replication/plan.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { countHeads, isReplicable, verdictOf } from '../../replication/verdict.ts';
import { anOid, aPlan, refs } from '../support/plans.ts';

const [A, B, C] = ['refs/heads/a', 'refs/heads/b', 'refs/heads/c'] as [RefName, RefName, RefName];
const lines = (plan: Plan) => plan.heads.map(({ ref, action, reason }) => `${ref} ${action} ${reason}`);

describe('a head that is refused', () => {
  it('leaves a plan alone that would not write it', () => {
    const kept = aPlan({ [A]: '1' }, { [A]: '1', [B]: '2' }, { deletes: 'keep' });

    expect(refuseHeads(kept, () => 'diverged')).toBe(kept);
    expect(refuseHeads(aPlan({ [A]: '1' }, {}), () => undefined).heads[0]?.action).toBe('create');
    const plan = aPlan({ [A]: '1' }, {});
    expect(refuseHeads(plan, () => undefined)).toBe(plan);
  });

  it('is asked about no more', () => {
    const plan = aPlan({ [A]: '1', [B]: '1' }, { [A]: '8', [B]: '9' });
    const refused = refuseHeads(plan, ({ ref }) => (ref === A ? 'rewrite-refused' : undefined));

    expect([...tipsInQuestion(refused)]).toEqual([anOid('9')]);
  });

  it('will not exist if it was to be created, and will if it was to be deleted', () => {
    const plan = aPlan({ [A]: '1', [B]: '1' }, { [B]: '1', [C]: '2' });
    const refused = refuseHeads(plan, () => 'diverged');

    expect([A, B, C].map(willExist(plan))).toEqual([true, true, false]);
    expect([A, B, C].map(willExist(refused))).toEqual([false, true, true]);
  });
});

it('takes a name that git forbids for trouble only if the sides differ in it', () => {
  const name = 'refs/heads/a..b';

  expect(lines(aPlan({ [name]: '1', [A]: '1' }, { [name]: '1', [A]: '1' }))).toEqual([]);
  expect(lines(aPlan({ [name]: '1', [A]: '1' }, { [name]: '2', [A]: '1' }))).toEqual([`${name} refuse invalid-name`]);
});

describe('somebody else is at work at the destination', () => {
  const plan = aPlan({ [A]: '1', [B]: '2', [C]: '3' }, { [A]: '9', [B]: '2' });
  const isChanged = (later: Record<string, string>) => changedBeside(plan, { refs: refs(later) }, DEFAULT_POLICY);

  it.each<[string, Record<string, string>, boolean]>([
    ['nothing has changed', { [A]: '9', [B]: '2' }, false],
    ['all that was planned is done', { [A]: '1', [B]: '2', [C]: '3' }, false],
    ['what was planned stands elsewhere', { [A]: '7', [B]: '2', [C]: '7' }, false],
    ['a head has moved that was not to move', { [A]: '9', [B]: '7' }, true],
    ['a head is gone that was to stay', { [A]: '9' }, true],
    ['a head is new that nobody planned', { [A]: '9', [B]: '2', 'refs/heads/d': '4' }, true],
    ['a ref is new that is none of ours', { [A]: '9', [B]: '2', 'refs/pull/1/head': '4' }, false],
  ])('if %s: %j %s', (_what, later, expected) => {
    expect(isChanged(later)).toBe(expected);
  });

  it('if a head is changed that was refused', () => {
    const refused = refuseHeads(plan, () => 'diverged');

    expect(changedBeside(refused, { refs: refs({ [A]: '7', [B]: '2' }) }, DEFAULT_POLICY)).toBe(true);
  });
});

describe('a default branch', () => {
  const plan = aPlan({ [A]: '1', [B]: '1' }, { [A]: '1', [B]: '1' });
  const change = (source: RefName | undefined, destination: RefName | undefined, settable = true) =>
    withDefaultBranch(plan, { source, destination, settable }).defaultBranch;

  it.each<[string, RefName | undefined, RefName | undefined, boolean]>([
    ['the source has none', undefined, A, true],
    ['both have the same', A, A, true],
    ['the source’s is none of its heads', C, A, true],
    ['the destination neither says nor takes one', A, undefined, false],
  ])('is none to change where %s', (_what, source, destination, settable) => {
    expect(change(source, destination, settable)).toBeUndefined();
  });

  it.each<[RefName | undefined, boolean]>([
    [B, true],
    [B, false],
    [undefined, true],
  ])('is to change where the destination has %j (can be set: %s)', (found, settable) => {
    expect(change(A, found, settable)).toEqual({ wanted: A, found, settable });
  });

  it('that can be set makes a replica behind and replicable, and one that cannot does not', () => {
    const of = (settable: boolean) => withDefaultBranch(plan, { source: A, destination: B, settable });

    expect([verdictOf(of(true)), isReplicable(of(true))]).toEqual(['behind', true]);
    expect([verdictOf(of(false)), isReplicable(of(false))]).toEqual(['in-sync', false]);
  });
});

it('a replica that a seeding has left something at is behind, and replicable', () => {
  const plan = { ...aPlan({ [A]: '1' }, { [A]: '1' }), seeded: [anOid('7')] };

  expect([verdictOf(plan), isReplicable(plan)]).toEqual(['behind', true]);
});

it('a head that diverged is worse than one that is refused, and that worse than one that waits', () => {
  const plan = aPlan({ [A]: '1', [B]: '1', [C]: '1' }, { [A]: '7', [B]: '8', [C]: '9' });
  const refuse = (...given: ('diverged' | 'rewrite-refused' | undefined)[]) => {
    const reasons = new Map([A, B, C].map((ref, n) => [ref, given[n]]));
    return verdictOf(refuseHeads(plan, ({ ref }) => reasons.get(ref)));
  };

  expect(refuse()).toBe('behind');
  expect(refuse('rewrite-refused')).toBe('refused');
  expect(refuse(undefined, undefined, 'rewrite-refused')).toBe('refused');
  expect(refuse('rewrite-refused', undefined, 'diverged')).toBe('diverged');
  expect(countHeads(plan)).toMatchObject({ update: 3, refuse: 0 });
});

describe('a name that is taken', () => {
  it.each([
    ['refs/heads/a', 'refs/heads/a/b', true],
    ['refs/heads/a/b/c', 'refs/heads/a', true],
    ['refs/heads/a', 'refs/heads/ab', false],
    ['refs/heads/a', 'refs/heads/a', false],
    ['refs/heads/a/b', 'refs/heads/a/c', false],
    ['refs/heads/a', 'refs/tags/a/b', false],
  ])('beside %s there can be no %s: %s', (there, ref, expected) => {
    expect(conflictsWith([there as RefName])(ref as RefName)).toBe(expected);
  });

  it('keeps a head from being created beside one that stays', () => {
    const plan = aPlan({ 'refs/heads/a/b': '1', [C]: '1' }, { [A]: '2' }, { deletes: 'keep' });

    expect(lines(refuseTakenNames(plan))).toEqual([
      'refs/heads/a keep kept-by-policy',
      'refs/heads/a/b refuse name-taken',
      'refs/heads/c create new-at-source',
    ]);
  });

  it('is free where that one goes', () => {
    const plan = aPlan({ 'refs/heads/a/b': '1' }, { [A]: '2' });

    expect(refuseTakenNames(plan)).toBe(plan);
  });

  it('keeps no head from moving or going', () => {
    // Two such names cannot both be there, but one of a list that a server made up may be.
    const plan = aPlan({ [A]: '1', [C]: '1' }, { [A]: '2', 'refs/heads/a/b': '3' }, { deletes: 'keep' });

    expect(refuseTakenNames(plan)).toBe(plan);
  });
});

it.each([
  ['256 letters', 'a'.repeat(256), 'create'],
  ['257 letters', 'a'.repeat(257), 'refuse'],
  ['256 letters of two bytes', 'ä'.repeat(256), 'create'],
  ['257 letters of two bytes', 'ä'.repeat(257), 'refuse'],
  ['256 letters of four bytes', '😀'.repeat(256), 'create'],
])('a branch with a name of %s is to be created: %s', (_what, name, action) => {
  expect(refuseLongNames(aPlan({ [`refs/heads/${name}`]: '1' }, {})).heads[0]?.action).toBe(action);
});
