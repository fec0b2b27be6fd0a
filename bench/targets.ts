import { carriedOf } from './comparison.ts';
import type { ContestantName } from './contestants.ts';
import { digits } from './report.ts';
import type { Cell, Results } from './results.ts';
import { ratios, spreadOf } from './statistics.ts';

/** What ccrepl wants to reach, and what it reaches. */
export interface Target {
  what: string;
  wanted: string;
  reached: string;
  isMet: boolean;
}

const MEMORY_MIB = 80;
const IMAGE_MB = 45;

/** All of which the results say something: quick ones have no large history, so that some are missing or easy. */
export function targetsOf(results: Results): Target[] {
  const { cells, startUp, image } = results;
  const find = (shape: string, work: string, contestant: ContestantName) =>
    cells.find((cell) => cell.shape === shape && cell.work === work && cell.contestant === contestant);
  const targets: Target[] = [];
  const atMost = (what: string, value: number | undefined, most: number, unit: string) => {
    if (value !== undefined)
      targets.push({
        what,
        wanted: `${most === 0 ? '' : '≤ '}${most} ${unit}`,
        reached: `${Number.isInteger(value) ? value : digits(value)} ${unit}`,
        isMet: value <= most,
      });
  };
  const faster = (shape: string, work: string, than: ContestantName, times: number, what: string) => {
    const [own, other] = [find(shape, work, 'ccrepl'), find(shape, work, than)];
    if (own === undefined || other === undefined) return;
    const value = ratios(seconds(other), seconds(own)).median;
    const reached = `${digits(value)} ×`;
    targets.push({ what: `${what}, faster than ${than}`, wanted: `≥ ${times} ×`, reached, isMet: value >= times });
  };
  const ofFloor = (shape: string, work: string, most: number, what: string) => {
    const [own, floor] = [find(shape, work, 'ccrepl'), find(shape, work, 'floor')];
    if (own && floor) atMost(what, ratios(seconds(own), seconds(floor)).median, most, '× the floor');
  };
  const own = cells.filter(({ contestant }) => contestant === 'ccrepl');
  const nothing = own.filter(({ work }) => work === 'nothing');

  atMost(
    'nothing to do, requests',
    most(nothing, (run) => run.requests),
    2,
    'requests',
  );
  ofFloor('large', 'commit', 2, '1 commit of 82,000');
  faster('large', 'commit', 'warm-mirror', 2, '1 commit of 82,000');
  faster('large', 'commit', 'stale-image', 10, '1 commit of 82,000');
  faster('large', 'commit', 'clone-and-push', 100, '1 commit of 82,000');
  ofFloor('large', 'hundred', 1.2, '100 commits of 82,000');
  faster('large', 'hundred', 'warm-mirror', 2, '100 commits of 82,000');
  ofFloor('large', 'first', 1.05, 'first replication of 82,000 commits');
  const first = find('large', 'first', 'ccrepl');
  atMost('first replication of 82,000 commits, CPU', first && most([first], (run) => run.cpuSeconds), 1.5, 's');
  const [one, floor] = [find('refs', 'one-ref', 'ccrepl'), find('refs', 'one-ref', 'floor')];
  if (one && floor) {
    const least = floor.runs.map((run) => run.seconds + (2 * spreadOf(startUp.empty).median) / 1000);
    atMost('1 of 10,000 branches', ratios(seconds(one), least).median, 1, '× two empty Node programs and the floor');
  }
  faster('refs', 'one-ref', 'warm-mirror', 10, '1 of 10,000 branches');
  atMost(
    'resident memory, the most of all works',
    most(own, (run) => run.peakMiB),
    MEMORY_MIB,
    'MiB',
  );
  atMost(
    'on disk, the most of all works',
    most(own, (run) => run.diskBytes / 1e6),
    0,
    'MB',
  );
  for (const cell of own) {
    const what = `${cell.shape}, ${cell.work}: bytes carried`;
    if (cell.mustCarryBytes) atMost(what, carried(cell, cell.mustCarryBytes), 1.02, '× what must be');
  }
  atMost('start to first request', ratios(startUp.firstRequest, startUp.empty).median, 1.5, '× an empty Node program');
  atMost('image, compressed', image.bytes / 1e6, IMAGE_MB, 'MB');
  return targets;
}

const seconds = ({ runs }: Cell): number[] => runs.map((run) => run.seconds);

/** The highest of the middle values. */
function most(cells: readonly Cell[], pick: (run: Cell['runs'][number]) => number): number | undefined {
  return cells.length === 0 ? undefined : Math.max(...cells.map(({ runs }) => spreadOf(runs.map(pick)).median));
}

const carried = (cell: Cell, mustBytes: number): number => spreadOf(carriedOf(cell)).median / mustBytes;
