import { compareRefs, refFromText } from '../../git/ref.ts';
import { differingNames, selectHeads } from '../../replication/heads.ts';
import { refs } from '../support/plans.ts';

const taken = (names: string[], patterns: string[]) => [
  ...selectHeads(refs(Object.fromEntries(names.map((name) => [name, '1']))), patterns).heads.keys(),
];

it('takes an exact name alone, and a prefix with all below it', () => {
  const names = ['refs/heads/a', 'refs/heads/a/b', 'refs/heads/ab', 'refs/tags/a'];

  expect(taken(names, ['refs/heads/a'])).toEqual(['refs/heads/a']);
  expect(taken(names, ['refs/heads/a/*'])).toEqual(['refs/heads/a/b']);
  expect(taken(names, ['refs/heads/a*'])).toEqual(['refs/heads/a', 'refs/heads/a/b', 'refs/heads/ab']);
  expect(taken(names, [])).toEqual([]);
});

it.each([
  ['an exact name', 'refs/heads/größe'],
  ['a prefix', 'refs/heads/grö*'],
])('takes the branch "größe" by %s that is written in UTF-8, as settings are', (_what, pattern) => {
  expect(taken(['refs/heads/größe'], [pattern])).toEqual([refFromText('refs/heads/größe')]);
});

it('accounts for every ref: taken, ignored by namespace, or invalid', () => {
  const all = refs({ 'refs/heads/a': '1', 'refs/heads/a..b': '2', 'refs/pull/1/head': '3', 'refs/pull/2/head': '4' });

  const { heads, ignored, invalid } = selectHeads(all, ['refs/heads/*']);

  expect([...heads.keys()]).toEqual(['refs/heads/a']);
  expect([...invalid.keys()]).toEqual(['refs/heads/a..b']);
  expect([...ignored]).toEqual([['refs/pull/*', 2]]);
});

it('gives the names that differ by their bytes, each once, and counts those that do not', () => {
  const a = refs({ 'refs/heads/b': '1', 'refs/heads/same': '3', 'refs/heads/ä': '1' });
  const b = refs({ 'refs/heads/Z': '2', 'refs/heads/b': '2', 'refs/heads/same': '3', 'refs/heads/b/c': '2' });

  const { names, equal } = differingNames(a, b);

  expect(names).toEqual(
    ['refs/heads/Z', 'refs/heads/b', 'refs/heads/b/c', 'refs/heads/ä'].map(refFromText).sort(compareRefs),
  );
  expect(equal).toBe(1);
});
