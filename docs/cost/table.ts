import { monthOf, ORIGINAL_PUSH, originalMonthOf, PUSH, priceOf, SWEEP, SWEPT } from './model.ts';
import type { Prices } from './prices.ts';

export interface TableOptions {
  pushesPerDay: number;
  sweepMinutes: number;
  alarms: number;
  metrics: number;
}

/** What a deployment has; a test counts them in the template. An alarm over a sum is charged for each of its metrics. */
export const FIXED = { alarms: 22, metrics: 16 } as const;

export const ASSUMED: TableOptions = { pushesPerDay: 20, sweepMinutes: 15, ...FIXED };

const SIZES = [10, 100, 1000];

/** The tables of docs/cost.md, as Markdown. */
export function costTables(options: TableOptions, prices: Prices): string {
  const cents = (dollars: number) => `${(dollars * 100).toFixed(4)} ¢`;
  const dollars = (value: number) => `$${value.toFixed(value < 100 ? 2 : 0)}`;
  const work = rows([
    ['work', 'ccrepl', 'original design'],
    ['a push', cents(priceOf(PUSH, prices)), cents(priceOf(ORIGINAL_PUSH, prices))],
    ['a replica in a sweep, in sync', cents(priceOf(SWEPT, prices)), 'never looks'],
    ['a sweep itself', cents(priceOf(SWEEP, prices)), 'none'],
  ]);
  const months = (sweepMinutes: number) =>
    SIZES.map((repositories) => {
      const usage = { ...options, repositories, sweepMinutes };
      const { pushes, sweeps, fixed, total } = monthOf(usage, prices);
      return [
        String(repositories),
        `${sweepMinutes} minutes`,
        ...[pushes, sweeps, fixed, total, originalMonthOf(usage, prices)].map(dollars),
      ];
    });
  const month = rows([
    [
      'repositories',
      'a sweep every',
      'pushes',
      'sweeps',
      'alarms, metrics, image',
      'a month',
      'original design, unproven',
    ],
    ...months(options.sweepMinutes),
    ...months(options.sweepMinutes * 4),
  ]);
  return `${work}\n\n${month}`;
}

function rows([head = [], ...body]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...body.map(line)].join('\n');
}
