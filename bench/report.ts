import { table } from '../local/terminal/table.ts';
import { CONTESTANTS } from './contestants.ts';
import type { Cell, Results } from './results.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';
import { WORKS } from './works.ts';

/** The columns, for a terminal and for a page. */
export const COLUMNS = [
  '',
  'seconds',
  '× ccrepl',
  'CPU s',
  'peak MiB',
  'received MB',
  'sent MB',
  'requests',
  'disk MB',
];

/** A group for each work on each shape, with a row for each contestant. */
export interface Group {
  title: string;
  rows: string[][];
}

export function groupsOf({ shapes, cells }: Pick<Results, 'shapes' | 'cells'>): Group[] {
  return shapes.flatMap(({ name: shape }) =>
    WORKS.flatMap(({ name: work, what }) => {
      const group = cells.filter((cell) => cell.shape === shape && cell.work === work);
      const own = group.find(({ contestant }) => contestant === 'ccrepl');
      if (own === undefined) return [];
      return [{ title: `${shape}: ${what}`, rows: inOrder(group).map((cell) => rowOf(cell, own)) }];
    }),
  );
}

/** As text for a terminal. */
export const terminalTables = (groups: readonly Group[]): string[] =>
  groups.flatMap(({ title, rows }) => ['', ...table([title, ...COLUMNS.slice(1)], rows)]);

/** As Markdown. */
export const markdownTables = (groups: readonly Group[]): string[] =>
  groups.flatMap(({ title, rows }) => ['', ...markdownTable([title, ...COLUMNS.slice(1)], rows)]);

/** The first column is words, the others are numbers. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(headings), row(headings.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(row)];
}

const inOrder = (cells: readonly Cell[]): Cell[] =>
  CONTESTANTS.flatMap(({ name }) => cells.filter(({ contestant }) => contestant === name));

function rowOf(cell: Cell, own: Cell): string[] {
  const of = (pick: (run: Cell['runs'][number]) => number) => spreadOf(cell.runs.map(pick)).median;
  const seconds = (one: Cell) => one.runs.map((run) => run.seconds);
  const isFloor = cell.contestant === 'floor';
  return [
    cell.contestant,
    digits(of((run) => run.seconds)),
    cell === own ? '1' : spreadText(ratios(seconds(cell), seconds(own))),
    isFloor ? '–' : digits(of((run) => run.cpuSeconds)),
    isFloor ? '–' : of((run) => run.peakMiB).toFixed(0),
    isFloor ? '–' : megabytes(of((run) => run.down)),
    isFloor ? '–' : megabytes(of((run) => run.up)),
    isFloor ? '–' : String(of((run) => run.requests)),
    isFloor ? '–' : megabytes(of((run) => run.diskBytes)),
  ];
}

/** The middle, and in brackets between which values half of the rounds were. */
export const spreadText = ({ median, low, high }: Spread): string =>
  `${digits(median)} (${digits(low)}–${digits(high)})`;

/** Three digits that mean something. */
export const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);

const megabytes = (bytes: number): string => (bytes === 0 ? '0' : digits(bytes / 1e6));
