import fc from 'fast-check';
import type { RefName } from '../../git/ref.ts';
import { chooseHaves, HAVES_MAX } from '../../replication/haves.ts';
import { orderPushes } from '../../replication/pushes.ts';
import { anOid, aPlan } from '../support/plans.ts';

const names = (pushes: ReturnType<typeof orderPushes>) =>
  pushes.map((heads) => heads.map(({ ref, action }) => `${action} ${ref}`));
const together = { first: undefined, deletesApart: false };

it('needs one push for what does not stand in each other’s way', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/b': '2' }, { 'refs/heads/b': '9', 'refs/heads/c': '3' });

  expect(names(orderPushes(plan, together))).toEqual([
    ['create refs/heads/a', 'update refs/heads/b', 'delete refs/heads/c'],
  ]);
});

it('deletes what stands in the way of a new name first, in both directions', () => {
  const plan = aPlan(
    { 'refs/heads/a/b': '1', 'refs/heads/c': '2' },
    { 'refs/heads/a': '1', 'refs/heads/c/d/e': '2', 'refs/heads/cc': '2' },
  );

  expect(names(orderPushes(plan, together))).toEqual([
    ['delete refs/heads/a', 'delete refs/heads/c/d/e'],
    ['create refs/heads/a/b', 'create refs/heads/c', 'delete refs/heads/cc'],
  ]);
});

it('puts the default branch first, and deletions apart where it must change between', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/main': '1' }, { 'refs/heads/old': '2' });

  expect(names(orderPushes(plan, { first: 'refs/heads/main' as RefName, deletesApart: true }))).toEqual([
    ['create refs/heads/main', 'create refs/heads/a'],
    ['delete refs/heads/old'],
  ]);
});

it('loses no head, doubles none, and keeps to the limit, for any plan', () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
    .map((parts) => `refs/heads/${parts.join('/')}`);
  const heads = fc.dictionary(name, fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(
      heads,
      heads,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      (source, destination, max, deletesApart) => {
        const plan = aPlan(source, destination);
        const pushes = orderPushes(plan, { first: undefined, deletesApart, max });
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
      },
    ),
  );
});

describe('what the source is told that the destination has', () => {
  it('is the old tip of what moves, and no more', () => {
    const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/b': '2' }, { 'refs/heads/a': '9', 'refs/heads/b': '2' });

    expect(chooseHaves(plan)).toEqual([anOid('9')]);
  });

  it('is for a new head a few others: the main branch, and the last versions', () => {
    const there: Record<string, string> = { 'refs/heads/main': 'a', 'refs/tags/v1.9': 'b', 'refs/tags/v1.10': 'c' };
    const haves = chooseHaves(aPlan({ ...there, 'refs/tags/v1.11': 'd' }, there));

    expect(haves).toEqual([anOid('a'), anOid('c'), anOid('b')]);
  });

  it('is never thousands', () => {
    const many = (digit: number) =>
      Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`refs/heads/h${n}`, `${digit}${n}`.padEnd(8, 'f')]));

    expect(chooseHaves(aPlan({ ...many(1), 'refs/heads/new': '1' }, many(2))).length).toBeLessThanOrEqual(
      HAVES_MAX + 32,
    );
  });
});
