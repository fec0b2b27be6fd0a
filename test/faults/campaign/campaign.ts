import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolders } from '../../support/repository.ts';
import { randomNumbers } from '../../support/seed.ts';
import { Theatre, type Verdict } from './carry-out.ts';
import type { Case } from './case.ts';
import { drawCase } from './draw.ts';
import { shrink } from './shrink.ts';
import { makeUniverse, type Universe } from './universe.ts';

/** Cases that share one universe: making one costs as much as some ten cases. */
const CASES_PER_UNIVERSE = 250;

export interface Failure {
  number: number;
  violations: string[];
  smallest: Case;
}

/** What a campaign came to. */
export interface Tally {
  cases: number;
  /** How often each kind of fault happened. */
  faults: Record<string, number>;
  /** How the disturbed runs ended. */
  results: Record<string, number>;
  failures: Failure[];
}

/** Number `n` of the cases of a seed: always the same. */
const numbered = (seed: number, n: number): number => randomNumbers(Math.imul(seed, 0x9e3779b1) + n)(2 ** 31);

/** Draws and carries out the cases `first` to `first + count - 1` of a seed; `step` of them is every `step`-th. */
export async function campaign(
  { seed, first, count, step = 1 }: { seed: number; first: number; count: number; step?: number },
  onCase: (number: number, one: Case, verdict: Verdict) => void = () => {},
  onFailure: (failure: Failure) => void = () => {},
): Promise<Tally> {
  const tally: Tally = { cases: 0, faults: {}, results: {}, failures: [] };
  const theatre = await Theatre.open();
  let made: { universe: Universe; era: number; folder: string } | undefined;
  try {
    for (let number = first; number < first + count; number += step) {
      const era = Math.floor(number / CASES_PER_UNIVERSE);
      if (made?.era !== era) {
        if (made) await rm(made.folder, { recursive: true, force: true });
        const folder = await mkdtemp(join(tmpdir(), 'ccrepl-campaign-'));
        made = { folder, era, universe: await makeUniverse(folder, numbered(seed, -1 - era)) };
      }
      const { universe } = made;
      const one = drawCase(universe, era, numbered(seed, number));
      const verdict = await theatre.carryOut(one, universe);
      countIn(tally, one, verdict);
      onCase(number, one, verdict);
      if (verdict.violations.length === 0) continue;
      const kind = kindOf(verdict);
      const smallest = await shrink(one, async (it) => kindOf(await theatre.carryOut(it, universe)) === kind);
      const failure = { number, violations: verdict.violations, smallest };
      tally.failures.push(failure);
      onFailure(failure);
    }
  } finally {
    await theatre.close();
    await removeFolders();
    if (made) await rm(made.folder, { recursive: true, force: true });
  }
  return tally;
}

/** The oracle that failed first. */
const kindOf = ({ violations }: Verdict): string | undefined => /O\d|the test/.exec(violations[0] ?? '')?.[0];

function countIn(tally: Tally, one: Case, { results, happened }: Verdict): void {
  tally.cases += 1;
  for (const side of ['source', 'destination'] as const)
    for (const [index, times] of happened[side].entries()) {
      const fault = one.faults[side][index];
      if (fault === undefined || times === 0) continue;
      const what = fault.act.do === 'hook' ? deedOf(one, fault.act.name) : fault.act.do;
      tally.faults[what] = (tally.faults[what] ?? 0) + 1;
    }
  for (const { result, error } of results) {
    const how = error === undefined ? result : error.code;
    tally.results[how] = (tally.results[how] ?? 0) + 1;
  }
}

function deedOf(one: Case, name: string): string {
  const deed = one.deeds[name];
  if (deed === undefined || deed === 'stop') return 'stop';
  return `${deed.to === undefined ? 'delete' : 'move'} at the ${deed.side}`;
}

export function add(one: Tally, other: Tally): Tally {
  const sum = (a: Record<string, number>, b: Record<string, number>) => {
    const all = { ...a };
    for (const [key, value] of Object.entries(b)) all[key] = (all[key] ?? 0) + value;
    return all;
  };
  return {
    cases: one.cases + other.cases,
    faults: sum(one.faults, other.faults),
    results: sum(one.results, other.results),
    failures: [...one.failures, ...other.failures],
  };
}
