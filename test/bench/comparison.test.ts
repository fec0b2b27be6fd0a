import {
  compare,
  expectedOf,
  expectSameRepositories,
  expectSameSize,
  figuresOf,
  otherMachine,
} from '../../bench/comparison.ts';
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

it('looks at time, CPU, memory, bytes, requests and disk of each, at the bytes that must be carried, at the start and at the image', () => {
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
    ['image of the original design', 1.22],
  ]);
});

it('notices a tenth more of bytes, the first one on a disk, and one request more', () => {
  const before = resultsWhere(0.2);
  const [own, other] = ['ccrepl', 'warm-mirror'].map((name) => before.cells.find((one) => one.contestant === name));
  for (const run of other?.runs ?? []) run.diskBytes = 4096;
  const now = structuredClone(before);
  for (const run of now.cells.find(({ contestant }) => contestant === 'ccrepl')?.runs ?? [])
    Object.assign(run, { diskBytes: 1, requests: (own?.runs[0]?.requests ?? 0) + 1, down: run.down * 1.2 });

  expect(compare(figuresOf(before), figuresOf(before)).worse).toEqual([]);
  expect(compare(figuresOf(now), figuresOf(before)).worse).toMatchObject([
    { name: 'small, commit: bytes carried of those that must be' },
    { name: 'small, commit: bytes of warm-mirror' },
    { name: 'small, commit: requests of warm-mirror' },
    { name: 'small, commit: disk of warm-mirror', value: 4096, before: Number.POSITIVE_INFINITY },
  ]);
});

it('notices what is missing, and counts what both have', () => {
  const only = figuresOf({ ...resultsWhere(10), cells: [] });

  const { compared, worse, missing } = compare(only, BEFORE);

  expect({ compared, worse }).toEqual({ compared: 2, worse: [] });
  expect(missing).toEqual(BEFORE.filter(({ shape }) => shape !== undefined));
  expect(missing).toHaveLength(BEFORE.length - 2);
});

it('misses nothing that was not to be measured, nor an image that nobody can know where there is no apt', () => {
  const results = resultsWhere(0.2);
  const all = { shapes: undefined, works: undefined };
  const rest = ['an empty Node program, to the first request', 'image of the original design'];
  const names = (...given: Parameters<typeof expectedOf>) => expectedOf(...given).map(({ name }) => name);

  expect(expectedOf(BEFORE, results, all)).toEqual(BEFORE);
  expect(names(BEFORE, results, { ...all, shapes: ['large'] })).toEqual(rest);
  expect(names(BEFORE, results, { ...all, works: ['first'] })).toEqual(rest);
  expect(expectedOf(BEFORE, results, { shapes: ['small'], works: ['commit'] })).toEqual(BEFORE);
  expect(names(BEFORE, { image: { bytes: 1, stripped: true } }, all)).not.toContain('image of the original design');
});

it('compares with a run of the same mode and size only', () => {
  const small = { mode: 'quick', scale: 0.1 } as const;

  expect(() => expectSameSize(small, small)).not.toThrow();
  expect(() => expectSameSize({ mode: 'full', scale: 1 }, small)).toThrow(
    'the results to compare with are of a run of the mode "full" at scale 1: expected a run of the mode "quick" at scale 0.1, as this is to be',
  );
});

it('compares with a run on the same repositories only', () => {
  const mine = { name: 'yours', what: 'mine', packBytes: 1, refs: 7 };

  expect(() => expectSameRepositories({ shapes: [mine] }, { shapes: [mine] })).not.toThrow();
  expect(() => expectSameRepositories({ shapes: [] }, { shapes: [mine] })).not.toThrow();
  expect(() => expectSameRepositories({ shapes: [{ ...mine, refs: 8 }] }, { shapes: [mine] })).toThrow(
    'the results to compare with are of another repository: mine with 8 refs, expected mine with 7 refs',
  );
});

it('knows a machine of another kind', () => {
  const { machine } = resultsWhere(1);

  expect(otherMachine(machine, { ...machine, kernel: 'another', memoryGiB: 1 })).toBeUndefined();
  expect(otherMachine({ ...machine, cores: 4 }, machine)).toBe('4 cores of A & B, Node v24.0.0, git 2.39.5');
});
