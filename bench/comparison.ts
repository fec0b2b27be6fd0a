import type { Cell, Results } from './results.ts';
import { ratios, spreadOf } from './statistics.ts';

/** A ratio that tells how good ccrepl is: the bigger the better. */
export interface Figure {
  name: string;
  value: number;
  /** What it is of, if it is of one work alone. */
  shape?: string;
  work?: string;
  /** How much worse it has to be to be said. */
  percent: number;
}

/** Times, processors and memory are never twice the same. */
const NOISY = 30;
/** Bytes are, but for servers' words about their progress. */
const STEADY = 10;
/** Not one request more. */
const EXACT = 1;

const IMAGE = 'image of the original design';

/** All ratios of some results, each to ccrepl: what the others took, through what it took. */
export function figuresOf({ cells, startUp, image }: Results): Figure[] {
  const figures: Figure[] = [];
  const add = (figure: Figure) => {
    if (!Number.isNaN(figure.value)) figures.push(figure);
  };
  for (const cell of cells) {
    const { shape, work, contestant } = cell;
    const own = cells.find((one) => one.contestant === 'ccrepl' && one.shape === shape && one.work === work);
    if (own === undefined) continue;
    const ratio = (what: string, percent: number, pick: (run: Cell['runs'][number]) => number) => {
      const value = ratios(cell.runs.map(pick), own.runs.map(pick)).median;
      add({ name: `${shape}, ${work}: ${what} of ${contestant}`, value, shape, work, percent });
    };
    if (cell === own) {
      const value = (own.mustCarryBytes ?? Number.NaN) / spreadOf(carriedOf(own)).median;
      add({ name: `${shape}, ${work}: bytes carried of those that must be`, value, shape, work, percent: STEADY });
      continue;
    }
    ratio('time', NOISY, ({ seconds }) => seconds);
    if (contestant === 'floor') continue;
    ratio('CPU', NOISY, ({ cpuSeconds }) => cpuSeconds);
    ratio('memory', NOISY, ({ peakMiB }) => peakMiB);
    ratio('bytes', STEADY, carried);
    ratio('requests', EXACT, ({ requests }) => requests);
    // Without end where ccrepl writes nothing: then any byte is worse.
    ratio('disk', STEADY, ({ diskBytes }) => diskBytes);
  }
  const { median } = ratios(startUp.empty, startUp.firstRequest);
  add({ name: 'an empty Node program, to the first request', value: median, percent: NOISY });
  const { bytes, originalPackageBytes = Number.NaN } = image;
  add({ name: IMAGE, value: originalPackageBytes / bytes, percent: STEADY });
  return figures;
}

const carried = ({ down, up }: Cell['runs'][number]): number => down + up;
export const carriedOf = ({ runs }: Cell): number[] => runs.map(carried);

export interface Comparison {
  /** How many ratios both have. */
  compared: number;
  /** Those that were better before, by the percent that are theirs and more. */
  worse: (Figure & { before: number })[];
  /** Those that there were before, and are not any more. */
  missing: Figure[];
}

export function compare(now: readonly Figure[], before: readonly Figure[]): Comparison {
  const values = new Map(now.map(({ name, value }) => [name, value]));
  const both = before.flatMap((figure) => {
    const value = values.get(figure.name);
    return value === undefined ? [] : [{ ...figure, before: figure.value, value }];
  });
  const isWorse = ({ value, before: old, percent }: Figure & { before: number }) =>
    value < old && value * (1 + percent / 100) <= old;
  return {
    compared: both.length,
    worse: both.filter(isWorse),
    missing: before.filter(({ name }) => !values.has(name)),
  };
}

/** Those of `before` that a run of these shapes and works (all, if undefined) has to have. The original's image is known only where there is apt. */
export function expectedOf(
  before: readonly Figure[],
  { image }: Pick<Results, 'image'>,
  { shapes, works }: { shapes: readonly string[] | undefined; works: readonly string[] | undefined },
): Figure[] {
  return before.filter(
    ({ name, shape, work }) =>
      (shape === undefined || (shapes?.includes(shape) ?? true)) &&
      (work === undefined || (works?.includes(work) ?? true)) &&
      (name !== IMAGE || image.originalPackageBytes !== undefined),
  );
}

type Size = Pick<Results, 'mode' | 'scale'>;

/** @throws Error if results of that size say nothing of a run of this one */
export function expectSameSize(before: Size, now: Size): void {
  const text = ({ mode, scale }: Size) => `a run of the mode "${mode}" at scale ${scale}`;
  if (text(before) === text(now)) return;
  throw new Error(`the results to compare with are of ${text(before)}: expected ${text(now)}, as this is to be`);
}

/** @throws Error if repositories of one name are others */
export function expectSameRepositories(before: Pick<Results, 'shapes'>, now: Pick<Results, 'shapes'>): void {
  for (const { name, what, refs } of now.shapes) {
    const old = before.shapes.find((shape) => shape.name === name);
    if (old === undefined || (old.what === what && old.refs === refs)) continue;
    throw new Error(
      `the results to compare with are of another repository: ${old.what} with ${old.refs} refs, expected ${what} with ${refs} refs`,
    );
  }
}

/** What the other machine was, in words; undefined if it was one of the same kind. */
export function otherMachine(before: Results['machine'], now: Results['machine']): string | undefined {
  const text = ({ cpu, cores, node, git }: Results['machine']) => `${cores} cores of ${cpu}, Node ${node}, git ${git}`;
  return text(before) === text(now) ? undefined : text(before);
}
