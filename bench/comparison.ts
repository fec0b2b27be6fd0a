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
    if (Number.isFinite(value)) figures.push({ name, value });
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
  }
  add('an empty Node program, to the first request', startUp.empty, startUp.firstRequest);
  return figures;
}

export const carriedOf = ({ runs }: Cell): number[] => runs.map(({ down, up }) => down + up);

/** Those ratios that were better before, by 30 % and more. Only what both have is compared. */
export function worse(now: readonly Figure[], before: readonly Figure[]): (Figure & { before: number })[] {
  const values = new Map(before.map(({ name, value }) => [name, value]));
  return now.flatMap((figure) => {
    const old = values.get(figure.name);
    return old !== undefined && figure.value * (1 + WORSE_PERCENT / 100) <= old ? [{ ...figure, before: old }] : [];
  });
}
