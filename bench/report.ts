import { table } from '../local/terminal/table.ts';
import type { Spread } from './statistics.ts';

/** The first column is words, the others mostly numbers. */
export interface Table {
  headings: readonly [title: string, ...string[]];
  rows: readonly (readonly string[])[];
}

/** As text for a terminal. */
export const terminalTables = (tables: readonly Table[]): string[] =>
  tables.flatMap(({ headings, rows }) => ['', ...table([...headings], rows)]);

/** As Markdown. */
export const markdownTables = (tables: readonly Table[]): string[] =>
  tables.flatMap(({ headings, rows }) => ['', ...markdownTable(headings, rows)]).slice(1);

export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(headings), row(headings.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(row)];
}

/** The middle, and in brackets between which values half of the rounds were. */
export const spreadText = ({ median, low, high }: Spread): string =>
  `${digits(median)} (${digits(low)}–${digits(high)})`;

/** Three digits that mean something. */
export function digits(value: number): string {
  if (value === 0) return '0';
  if (value === Number.POSITIVE_INFINITY) return '∞';
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 1
        ? value.toFixed(2)
        : value.toFixed(3);
}
