import { styleText } from 'node:util';
import { table } from '../terminal/table.ts';
import type { StormProgress, StormReport } from './storm.ts';

const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** One line while it lasts. */
export const stormProgress = ({ pushed, of, executions, tasks }: StormProgress): string =>
  `${pushed === of ? 'Waiting until all is verified: ' : ''}${pushed.toLocaleString('en')} of ${count(of, 'push', 'pushes')}, ${count(executions, 'execution')}, ${count(tasks, 'task')}`;

/** What it came to, in a few lines. */
export function stormReport(report: StormReport): string[] {
  const { pushes, refused, seconds, triggers, executions, coalesced, tasks, mostTasksAtOnce } = report;
  const { secondsToVerified, verdict, heads, alerts } = report;
  const worked = executions - coalesced;
  const proven = secondsToVerified === null ? 'never' : `${Math.max(0, secondsToVerified).toFixed(1)} s`;
  const end =
    verdict === 'in-sync'
      ? styleText('green', `✔ in sync: ${count(heads, 'head')} equal in a fresh comparison`)
      : styleText('red', `✘ ${verdict}, in a fresh comparison of ${count(heads, 'head')}`);
  const refusals = refused === 0 ? '' : styleText('red', `, ${refused} more were refused`);
  const many = styleText(mostTasksAtOnce > 1 ? 'red' : 'reset', `at most ${mostTasksAtOnce} at once`);
  const rows = [
    ['pushes', `${pushes.toLocaleString('en')} in ${seconds.toFixed(1)} s, with stock git${refusals}`],
    ['triggers', triggers.toLocaleString('en')],
    ['runs', `${count(executions, 'execution')}: ${worked} worked, ${coalesced} coalesced`],
    ['tasks', `${tasks}, ${many}`],
    ['last push to verified', proven],
    ['end state', end],
    ['alerts', String(alerts)],
  ];
  // The headings of a table, and no headings.
  const [, ...lines] = table(['', ''], rows);
  return lines;
}
