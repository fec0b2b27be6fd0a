import type { Cell, Results } from './results.ts';
import { ratios, spreadOf } from './statistics.ts';

/** A ratio that tells how good ccrepl is: the bigger the better. */
export interface Figure {
  name: string;
  value: number;
}

/** How much worse a ratio has to be to be said. */
const WORSE_PERCENT = 30;

/** All ratios of some results, each to ccrepl: what the others took, through what it took. */
export function figuresOf({ cells, startUp }: Results): Figure[] {
  const figures: Figure[] = [];
  const add = (name: string, of: readonly number[], to: readonly number[]) => {
    const value = ratios(of, to).median;
    if (!Number.isNaN(value)) figures.push({ name, value });
  };
  for (const cell of cells) {
    const where = `${cell.shape}, ${cell.work}`;
    const own = cells.find((one) => one.contestant === 'ccrepl' && one.shape === cell.shape && one.work === cell.work);
    if (own === undefined) continue;
    if (cell === own) {
      const carried = spreadOf(carriedOf(own)).median;
      if (own.mustCarryBytes)
        figures.push({ name: `${where}: bytes carried of those that must be`, value: own.mustCarryBytes / carried });
      continue;
    }
    const each = (pick: (run: Cell['runs'][number]) => number) => [cell.runs.map(pick), own.runs.map(pick)] as const;
    add(`${where}: time of ${cell.contestant}`, ...each(({ seconds }) => seconds));
    if (cell.contestant === 'floor') continue;
    add(`${where}: CPU of ${cell.contestant}`, ...each(({ cpuSeconds }) => cpuSeconds));
    add(`${where}: memory of ${cell.contestant}`, ...each(({ peakMiB }) => peakMiB));
    add(`${where}: bytes of ${cell.contestant}`, carriedOf(cell), carriedOf(own));
    add(`${where}: requests of ${cell.contestant}`, ...each(({ requests }) => requests));
    // Without end where ccrepl writes nothing: then any byte is worse.
    add(`${where}: disk of ${cell.contestant}`, ...each(({ diskBytes }) => diskBytes));
  }
  add('an empty Node program, to the first request', startUp.empty, startUp.firstRequest);
  return figures;
}

export const carriedOf = ({ runs }: Cell): number[] => runs.map(({ down, up }) => down + up);

export interface Comparison {
  /** How many ratios both have: only those are compared. */
  compared: number;
  /** Those that were better before, by 30 % and more. */
  worse: (Figure & { before: number })[];
}

export function compare(now: readonly Figure[], before: readonly Figure[]): Comparison {
  const values = new Map(before.map(({ name, value }) => [name, value]));
  const both = now.flatMap((figure) => {
    const old = values.get(figure.name);
    return old === undefined ? [] : [{ ...figure, before: old }];
  });
  const isWorse = ({ value, before: old }: Figure & { before: number }) =>
    value < old && value * (1 + WORSE_PERCENT / 100) <= old;
  return { compared: both.length, worse: both.filter(isWorse) };
}

/** @throws Error if the figures of a run with these options say nothing about those of `before` */
export function expectComparable(
  before: Pick<Results, 'mode' | 'scale'>,
  options: Pick<Results, 'mode' | 'scale'>,
): void {
  const text = ({ mode, scale }: Pick<Results, 'mode' | 'scale'>) => `a run of the mode "${mode}" at scale ${scale}`;
  if (text(before) === text(options)) return;
  throw new Error(`the results to compare with are of ${text(before)}: expected ${text(options)}, as this is to be`);
}
