import { figuresOf, worse } from '../../bench/comparison.ts';
import { resultsWhere } from './results.ts';

const BEFORE = figuresOf(resultsWhere(0.2));

it('notices a ratio that is 30 % worse, and names it with what it was', () => {
  const found = worse(figuresOf(resultsWhere(0.27)), BEFORE);

  expect(found.map(({ name }) => name)).toEqual(['small, commit: time of floor', 'small, commit: time of warm-mirror']);
  expect(found[1]?.before).toBeCloseTo(2.5);
  expect(found[1]?.value).toBeCloseTo(2.5 / 1.35);
});

it('says nothing of less, or of what is better', () => {
  expect(worse(figuresOf(resultsWhere(0.25)), BEFORE)).toEqual([]);
  expect(worse(figuresOf(resultsWhere(0.1)), BEFORE)).toEqual([]);
});

it('looks at time, CPU, memory and bytes of each, at the bytes that must be carried, and at the start', () => {
  expect(BEFORE.map(({ name, value }) => [name, Number(value.toFixed(2))])).toEqual([
    ['small, commit: time of floor', 0.5],
    ['small, commit: bytes carried of those that must be', 0.97],
    ['small, commit: time of warm-mirror', 2.5],
    ['small, commit: CPU of warm-mirror', 1],
    ['small, commit: memory of warm-mirror', 1],
    ['small, commit: bytes of warm-mirror', 1],
    ['an empty Node program, to the first request', 0.5],
  ]);
});

it('compares only what both have', () => {
  expect(worse(figuresOf({ ...resultsWhere(10), cells: [] }), BEFORE)).toEqual([]);
});
