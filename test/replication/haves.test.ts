import { chooseHaves, HAVES_MAX } from '../../replication/haves.ts';
import { anOid, aPlan, divergedAt } from '../support/plans.ts';

/** Heads whose ids all differ: `anOid` repeats what it is given, so the number is closed by a letter. */
const many = (count: number, prefix: string, mark: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`refs/heads/${prefix}${n}`, `${n}${mark}`]));

it('names the old tip of what moves, and no more', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/b': '2' }, { 'refs/heads/a': '9', 'refs/heads/b': '2' });

  expect(chooseHaves(plan)).toEqual([anOid('9')]);
});

it('names for a new head a few others: the main branch, and the last versions', () => {
  const there: Record<string, string> = { 'refs/heads/main': 'a', 'refs/tags/v1.9': 'b', 'refs/tags/v1.10': 'c' };

  expect(chooseHaves(aPlan({ ...there, 'refs/tags/v1.11': 'd' }, there))).toEqual(['a', 'c', 'b'].map(anOid));
});

it('names the tip of a branch that is renamed and moved on, so that its history is not sent again', () => {
  expect(chooseHaves(aPlan({ 'refs/heads/main': '2' }, { 'refs/heads/master': '1' }))).toEqual([anOid('1')]);
});

it('names nothing where nothing moves', () => {
  const same = { 'refs/heads/main': '1', 'refs/tags/v1': '2' };

  expect(chooseHaves(aPlan(same, same))).toEqual([]);
});

it('names nothing for the sake of a deletion', () => {
  const plan = aPlan({ 'refs/heads/main': '1' }, { 'refs/heads/main': '1', 'refs/heads/gone': '2' });

  expect(chooseHaves(plan)).toEqual([]);
});

it('names nothing that an empty destination lacks', () => {
  expect(chooseHaves(aPlan({ 'refs/heads/main': '1' }, {}))).toEqual([]);
});

it('never names a tip that somebody else pushed to the destination', () => {
  const plan = aPlan(
    { 'refs/heads/main': '1', 'refs/heads/new': '2', 'refs/heads/old': '3' },
    { 'refs/heads/main': '9', 'refs/heads/old': '3' },
  );

  expect(chooseHaves(divergedAt('9', plan))).toEqual([anOid('3')]);
});

it('names an id once, however many heads have it', () => {
  const plan = aPlan(
    { 'refs/heads/a': '1', 'refs/heads/b': '1', 'refs/heads/c': '1' },
    { 'refs/heads/a': '9', 'refs/heads/b': '9', 'refs/heads/main': '9' },
  );

  expect(chooseHaves(plan)).toEqual([anOid('9')]);
});

it('takes main, master, develop and trunk before all others', () => {
  const there = {
    'refs/heads/zzz': '1',
    'refs/heads/trunk': '2',
    'refs/heads/develop': '3',
    'refs/heads/master': '4',
    'refs/heads/main': '5',
  };

  expect(chooseHaves(aPlan({ ...there, 'refs/heads/new': '6' }, there)).slice(0, 4)).toEqual(
    ['5', '4', '3', '2'].map(anOid),
  );
});

it('takes at most 32 neighbours, the last versions among them', () => {
  const there = many(500, 'release-', 'a');

  const haves = chooseHaves(aPlan({ ...there, 'refs/heads/new': 'f' }, there));

  expect(haves.length).toBeLessThanOrEqual(32);
  expect(haves[0]).toBe(anOid('499a'));
  expect(haves).not.toContain(anOid('99a'));
});

it('names exactly the limit where more heads than that move', () => {
  expect(chooseHaves(aPlan(many(1000, 'h', 'a'), many(1000, 'h', 'b')))).toHaveLength(HAVES_MAX);
});

it('leaves room for neighbours within the limit where heads are new beside thousands that move', () => {
  const there = { 'refs/heads/main': 'e', ...many(100, 'equal', 'c') };
  const plan = aPlan(
    { ...many(3000, 'h', 'a'), ...there, 'refs/heads/new': 'f' },
    { ...many(3000, 'h', 'b'), ...there },
  );

  const haves = chooseHaves(plan);

  expect(haves).toHaveLength(HAVES_MAX);
  expect(haves).toContain(anOid('e'));
  expect(haves).toContain(anOid('0b'));
});
