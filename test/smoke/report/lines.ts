import { cut } from '../../../local/terminal/cut.ts';
import { table } from '../../../local/terminal/table.ts';
import type { Left } from '../stage/throw-aways.ts';
import { type Answered, type Report, summaryOf } from './report.ts';

const COLUMNS_MIN = 80;

/** The report for a terminal of so many columns: a table, then in full what a person should look at. */
export function reportLines(report: Report, columns: number): string[] {
  const rows = report.answers.map(({ number, name, result, found }) => [String(number), name, result, found]);
  const width = Math.max(COLUMNS_MIN, columns) - 1;
  const toLookAt = report.answers.filter(({ result, needs }) => result !== 'as-expected' && needs === undefined);
  return [
    ...(rows.length > 0 ? table(['#', 'CHECK', 'RESULT', 'FOUND'], rows).map((line) => cut(line, width)) : []),
    ...toLookAt.flatMap((answer) => ['', ...inFull(answer)]),
    '',
    ...(report.error === undefined ? [] : [`error: ${report.error}`]),
    ...leftLines(report),
    `${summaryOf(report)}.`,
  ];
}

const inFull = ({ number, name, result, question, expects, found, means }: Answered): string[] => [
  `${number} ${name}: ${result}`,
  `  question: ${question}`,
  `  expected: ${expects}`,
  `  found:    ${found}`,
  `  means:    ${means}`,
];

export function leftLines({ left, kept }: Pick<Report, 'left' | 'kept'>): string[] {
  return [
    ...left.flatMap((one) => [`NOT removed: ${describe(one)}`, `  remove it: ${one.command}`]),
    ...kept.flatMap((one) => [`kept: ${describe(one)}`, `  remove it: ${one.command}`]),
  ];
}

const describe = ({ region, repository, why }: Left): string => `${repository} in ${region} (${why})`;
