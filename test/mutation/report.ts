import { dirname } from 'node:path';
import type { Mutant } from './instrument.ts';

/** `refused`: it does not pass the type check, so it counts for nothing. */
export type Status = 'killed' | 'survived' | 'uncovered' | 'refused';

export interface Result extends Mutant {
  status: Status;
  killedBy?: string;
}

/** A table of scores by folder and file, and every survivor with what was changed. */
export function report(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ file }) => file.length), 10);
  const row = (name: string, of: readonly Result[]): string => {
    const [killed, survived, uncovered, refused] = (['killed', 'survived', 'uncovered', 'refused'] as const).map(
      (status) => of.filter((result) => result.status === status).length,
    ) as [number, number, number, number];
    const judged = killed + survived + uncovered;
    const score = judged === 0 ? '-' : `${((100 * killed) / judged).toFixed(1)} %`;
    return `${name.padEnd(width)} ${[score, killed, survived, uncovered, refused].map((n) => String(n).padStart(9)).join(' ')}`;
  };
  const groups = (key: (result: Result) => string) =>
    [...Map.groupBy(results, key)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => row(name, of));
  const survivors = results.filter(({ status }) => status === 'survived' || status === 'uncovered');
  const heads = ['score', 'killed', 'survived', 'unreached', 'refused'].map((head) => head.padStart(9)).join(' ');
  return [
    ...survivors.map(describe),
    '',
    `${'file'.padEnd(width)} ${heads}`,
    ...groups(({ file }) => file),
    '',
    ...groups(({ file }) => `${dirname(file)}/`),
    row('all', results),
  ].join('\n');
}

const line = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 100);

const describe = ({ file, line: at, column, rule, original, text, status }: Result): string =>
  `${file}:${at}:${column} ${status === 'uncovered' ? 'no test comes here' : 'survived'} (${rule}): ${line(original)} -> ${line(text)}`;
