import { CONTESTANTS } from './contestants.ts';
import type { Phases } from './phases.ts';
import { digits, spreadText, type Table } from './report.ts';
import type { Cell, Profile, Results, Run, StartUp } from './results.ts';
import { ratios, spreadOf } from './statistics.ts';
import { targetsOf } from './targets.ts';
import { WORKS } from './works.ts';

type Matches = Pick<Results, 'shapes' | 'cells'>;

/** A table for each work on each shape, with a row for each contestant. */
export const matchTables = (results: Matches): Table[] =>
  matchesOf(results).map(({ title, cells, own }) => ({
    headings: [title, 'seconds', '× ccrepl', 'CPU s', 'peak MiB', 'received MB', 'sent MB', 'requests', 'disk MB'],
    rows: CONTESTANTS.flatMap(({ name }) =>
      cells.filter(({ contestant }) => contestant === name).map((cell) => matchRow(cell, own)),
    ),
  }));

/** One after the other, what a run of ccrepl waits for; beside it what the floor takes. */
export function phaseTable(results: Matches): Table {
  const each = (run: Run['phases'], name: keyof Phases) => run?.[name] ?? Number.NaN;
  const names = ['start', 'lists', 'objects', 'proof', 'end'] as const;
  return {
    headings: ['ccrepl, seconds', 'start', 'lists', 'objects', 'proof', 'end', 'in all', 'floor'],
    rows: matchesOf(results).map(({ title, cells, own }) => {
      const floor = cells.find(({ contestant }) => contestant === 'floor');
      return [
        title,
        ...names.map((name) => digits(middle(own, ({ phases }) => each(phases, name)))),
        digits(middle(own, (run) => run.seconds)),
        floor === undefined ? '–' : digits(middle(floor, (run) => run.seconds)),
      ];
    }),
  };
}

export function startTable({ empty, modules, firstRequest }: StartUp): Table {
  const row = (what: string, times: readonly number[]) => [
    what,
    digits(spreadOf(times).median),
    times === empty ? '1' : spreadText(ratios(times, empty)),
  ];
  return {
    headings: ['start', 'ms', '× empty'],
    rows: [
      row('an empty Node program, to its end', empty),
      row('one that loads node:https and node:crypto, to its end', modules),
      row('ccrepl, to its first request', firstRequest),
    ],
  };
}

const PROFILE_NAMES: Record<keyof Profile, string> = {
  native: 'V8’s and Node’s own C++',
  modules: 'JavaScript of Node: its modules for http, TLS, hashes, streams',
  compiling: 'compiling the program',
  own: 'ccrepl’s code and its libraries’',
  collecting: 'collecting garbage',
};

export const profileTable = ({ profile }: StartUp): Table => ({
  headings: ['processor during the start', '%'],
  rows: (Object.entries(PROFILE_NAMES) as [keyof Profile, string][]).map(([kind, name]) => [
    name,
    (profile[kind] * 100).toFixed(0),
  ]),
});

export const targetTable = (results: Results): Table => ({
  headings: ['target', 'wanted', 'reached', ''],
  rows: targetsOf(results).map(({ what, wanted, reached, isMet }) => [what, wanted, reached, isMet ? 'met' : 'missed']),
});

interface Match {
  title: string;
  cells: readonly Cell[];
  own: Cell;
}

function matchesOf({ shapes, cells }: Matches): Match[] {
  return shapes.flatMap(({ name: shape }) =>
    WORKS.flatMap(({ name: work, what }) => {
      const group = cells.filter((cell) => cell.shape === shape && cell.work === work);
      const own = group.find(({ contestant }) => contestant === 'ccrepl');
      return own === undefined ? [] : [{ title: `${shape}: ${what}`, cells: group, own }];
    }),
  );
}

function matchRow(cell: Cell, own: Cell): string[] {
  const seconds = (one: Cell) => one.runs.map((run) => run.seconds);
  const isFloor = cell.contestant === 'floor';
  const ofClient = (text: string) => (isFloor ? '–' : text);
  return [
    cell.contestant,
    digits(middle(cell, (run) => run.seconds)),
    cell === own ? '1' : spreadText(ratios(seconds(cell), seconds(own))),
    ofClient(digits(middle(cell, (run) => run.cpuSeconds))),
    ofClient(middle(cell, (run) => run.peakMiB).toFixed(0)),
    ofClient(digits(middle(cell, (run) => run.down / 1e6))),
    ofClient(digits(middle(cell, (run) => run.up / 1e6))),
    ofClient(String(middle(cell, (run) => run.requests))),
    ofClient(digits(middle(cell, (run) => run.diskBytes / 1e6))),
  ];
}

const middle = ({ runs }: Cell, pick: (run: Run) => number): number => spreadOf(runs.map(pick)).median;
