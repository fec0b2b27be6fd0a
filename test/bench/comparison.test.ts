import { compare, expectComparable, figuresOf } from '../../bench/comparison.ts';
import { resultsWhere } from './results.ts';

const BEFORE = figuresOf(resultsWhere(0.2));

it('notices a ratio that is 30 % worse, and names it with what it was', () => {
  const { compared, worse: found } = compare(figuresOf(resultsWhere(0.27)), BEFORE);

  expect(found.map(({ name }) => name)).toEqual(['small, commit: time of floor', 'small, commit: time of warm-mirror']);
  expect(compared).toBe(BEFORE.length);
  expect(found[1]?.before).toBeCloseTo(2.5);
  expect(found[1]?.value).toBeCloseTo(2.5 / 1.35);
});

it('says nothing of less, or of what is better', () => {
  expect(compare(figuresOf(resultsWhere(0.25)), BEFORE).worse).toEqual([]);
  expect(compare(figuresOf(resultsWhere(0.1)), BEFORE).worse).toEqual([]);
});

it('looks at time, CPU, memory, bytes, requests and disk of each, at the bytes that must be carried, and at the start', () => {
  expect(BEFORE.map(({ name, value }) => [name, Number(value.toFixed(2))])).toEqual([
    ['small, commit: time of floor', 0.5],
    ['small, commit: bytes carried of those that must be', 0.97],
    ['small, commit: time of warm-mirror', 2.5],
    ['small, commit: CPU of warm-mirror', 1],
    ['small, commit: memory of warm-mirror', 1],
    ['small, commit: bytes of warm-mirror', 1],
    ['small, commit: requests of warm-mirror', 1],
    ['small, commit: disk of warm-mirror', 1],
    ['an empty Node program, to the first request', 0.5],
  ]);
});

it('notices the first byte on a disk, and one request more', () => {
  const before = resultsWhere(0.2);
  const [own, other] = ['ccrepl', 'warm-mirror'].map((name) => before.cells.find((one) => one.contestant === name));
  for (const run of other?.runs ?? []) run.diskBytes = 4096;
  const now = structuredClone(before);
  for (const run of now.cells.find(({ contestant }) => contestant === 'ccrepl')?.runs ?? [])
    Object.assign(run, { diskBytes: 1, requests: (own?.runs[0]?.requests ?? 0) + 2 });

  expect(compare(figuresOf(before), figuresOf(before)).worse).toEqual([]);
  expect(compare(figuresOf(now), figuresOf(before)).worse).toMatchObject([
    { name: 'small, commit: requests of warm-mirror' },
    { name: 'small, commit: disk of warm-mirror', value: 4096, before: Number.POSITIVE_INFINITY },
  ]);
});

it('compares only what both have, and counts it', () => {
  const only = figuresOf({ ...resultsWhere(10), cells: [] });

  expect(compare(only, BEFORE)).toEqual({ compared: 1, worse: [] });
});

it('compares with a run of the same mode and size only', () => {
  const small = { mode: 'quick', scale: 0.1 } as const;

  expect(() => expectComparable(small, small)).not.toThrow();
  expect(() => expectComparable({ mode: 'full', scale: 1 }, small)).toThrow(
    'the results to compare with are of a run of the mode "full" at scale 1: expected a run of the mode "quick" at scale 0.1, as this is to be',
  );
});
