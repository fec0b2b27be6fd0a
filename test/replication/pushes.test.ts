import fc from 'fast-check';
import type { RefName } from '../../git/ref.ts';
import { type Plan, withDefaultBranch } from '../../replication/plan.ts';
import { planSteps, type Step } from '../../replication/pushes.ts';
import { aPlan } from '../support/plans.ts';

const names = (steps: readonly Step[]) =>
  steps.map((step) =>
    step.kind === 'push' ? step.heads.map(({ ref, action }) => `${action} ${ref}`) : `default ${step.branch}`,
  );

/** The plan of a source and a destination whose default branches are these. */
const between = (plan: Plan, source: string, destination: string | undefined): Plan =>
  withDefaultBranch(plan, {
    source: source as RefName,
    destination: destination as RefName | undefined,
    settable: true,
  });

it('needs one push for what does not stand in each other’s way', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/b': '2' }, { 'refs/heads/b': '9', 'refs/heads/c': '3' });

  expect(names(planSteps(plan))).toEqual([['create refs/heads/a', 'update refs/heads/b', 'delete refs/heads/c']]);
});

it('puts in place what it can, and only then deletes what stands in the way of a new name, in both directions', () => {
  const plan = aPlan(
    { 'refs/heads/a/b': '1', 'refs/heads/c': '2', 'refs/heads/n': '3' },
    { 'refs/heads/a': '1', 'refs/heads/c/d/e': '2', 'refs/heads/cc': '2' },
  );

  expect(names(planSteps(plan))).toEqual([
    ['create refs/heads/n'],
    ['delete refs/heads/a', 'delete refs/heads/c/d/e'],
    ['create refs/heads/a/b', 'create refs/heads/c'],
    ['delete refs/heads/cc'],
  ]);
});

it('deletes the old name of a renamed head only in a push after that of the new one', () => {
  const plan = aPlan({ 'refs/heads/new': '1' }, { 'refs/heads/old': '1', 'refs/heads/gone': '2' });

  expect(names(planSteps(plan))).toEqual([
    ['create refs/heads/new', 'delete refs/heads/gone'],
    ['delete refs/heads/old'],
  ]);
});

it('needs no push where nothing moves, and none for what is kept or refused', () => {
  expect(planSteps(aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/a': '1' }))).toEqual([]);
  expect(
    planSteps(aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/a': '1', 'refs/heads/b': '1' }, { deletes: 'keep' })),
  ).toEqual([]);
  expect(planSteps(aPlan({}, { 'refs/heads/a': '1' }))).toEqual([]);
});

it('cuts what is more than one push may name, the default branch in front', () => {
  const heads = Object.fromEntries(Array.from({ length: 4001 }, (_, n) => [`refs/heads/b${n}`, '1']));
  const [first, second, ...others] = planSteps(aPlan(heads, {}), { first: 'refs/heads/b4000' as RefName });

  expect(names([first as Step])[0]?.[0]).toBe('create refs/heads/b4000');
  expect([first, second].map((step) => step?.kind === 'push' && step.heads.length)).toEqual([4000, 1]);
  expect(others).toEqual([]);
});

it('puts the default branch first, and changes it before the old one is deleted', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/main': '1' }, { 'refs/heads/master': '1' });
  const steps = planSteps(between(plan, 'refs/heads/main', 'refs/heads/master'), {
    first: 'refs/heads/main' as RefName,
  });

  expect(names(steps)).toEqual([
    ['create refs/heads/main', 'create refs/heads/a'],
    'default refs/heads/main',
    ['delete refs/heads/master'],
  ]);
});

it('sets a default branch whose name is free only after a deletion when it is there', () => {
  const plan = aPlan({ 'refs/heads/a/b': '1', 'refs/heads/x': '2' }, { 'refs/heads/a': '1', 'refs/heads/x': '2' });

  expect(names(planSteps(between(plan, 'refs/heads/a/b', 'refs/heads/x')))).toEqual([
    ['delete refs/heads/a'],
    ['create refs/heads/a/b'],
    'default refs/heads/a/b',
  ]);
});

it('goes over another branch where the old default stands in the way of the new one', () => {
  const plan = aPlan({ 'refs/heads/a/b': '1', 'refs/heads/x': '2' }, { 'refs/heads/a': '1', 'refs/heads/x': '2' });

  expect(names(planSteps(between(plan, 'refs/heads/a/b', 'refs/heads/a')))).toEqual([
    'default refs/heads/x',
    ['delete refs/heads/a'],
    ['create refs/heads/a/b'],
    'default refs/heads/a/b',
  ]);
});

it('makes a branch stand in, for as long as it must, where there is no other', () => {
  const plan = aPlan({ 'refs/heads/a/b': '1' }, { 'refs/heads/a': '1' });

  expect(names(planSteps(between(plan, 'refs/heads/a/b', 'refs/heads/a')))).toEqual([
    ['create refs/heads/ccrepl-stand-in'],
    'default refs/heads/ccrepl-stand-in',
    ['delete refs/heads/a'],
    ['create refs/heads/a/b'],
    'default refs/heads/a/b',
  ]);
});

it('leaves the default branch alone where it cannot be set, or is not at the destination in the end', () => {
  const plan = aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/b': '1' }, { deletes: 'keep' });
  const branches = { source: 'refs/heads/a' as RefName, destination: 'refs/heads/b' as RefName };

  expect(names(planSteps(withDefaultBranch(plan, { ...branches, settable: false })))).toEqual([
    ['create refs/heads/a'],
  ]);
  expect(names(planSteps(between({ ...plan, heads: [] }, 'refs/heads/a', 'refs/heads/b')))).toEqual([]);
});

it('loses no head, doubles none, and keeps to the limit, for any plan', () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
    .map((parts) => `refs/heads/${parts.join('/')}`);
  const heads = fc.dictionary(name, fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(heads, heads, fc.integer({ min: 1, max: 4 }), (source, destination, max) => {
      const plan = aPlan(source, destination);
      const pushes = planSteps(plan, { max }).flatMap((step) => (step.kind === 'push' ? [step.heads] : []));
      const written = plan.heads.filter(({ action }) => action !== 'refuse').map(({ ref }) => ref);

      expect(
        pushes
          .flat()
          .map(({ ref }) => ref)
          .sort(),
      ).toEqual(written.sort());
      expect(pushes.every((push) => push.length >= 1 && push.length <= max)).toBe(true);
      const done = new Set<string>();
      for (const push of pushes) {
        for (const create of push.filter(({ action }) => action === 'create')) {
          const blockers = plan.heads.filter(
            ({ ref, action }) =>
              action === 'delete' && (ref.startsWith(`${create.ref}/`) || create.ref.startsWith(`${ref}/`)),
          );
          expect(blockers.every(({ ref }) => done.has(ref))).toBe(true);
        }
        for (const { ref } of push) done.add(ref);
      }
    }),
  );
});
