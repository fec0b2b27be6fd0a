import { styleText } from 'node:util';
import { clock } from '../terminal/clock.ts';
import type { SweepReport } from './report.ts';

const NAMED_MAX = 3;

/** One line for a sweep; and another if it found what no trigger had told of. */
export function sweepLines(report: SweepReport, number: number): string[] {
  const { status, startedAt, says, seconds, tasks, error, drifted = [], failed = [], replicated = [] } = report;
  const troubled = status !== 'SUCCEEDED' || drifted.length + failed.length > 0;
  const mark = styleText(troubled ? 'red' : 'green', troubled ? '✘' : '✔');
  const took = styleText(
    'dim',
    `${seconds.toFixed(1)} s, ${tasks === 0 ? 'no task' : tasks === 1 ? '1 task' : `${tasks} tasks`}`,
  );
  const line = `  ${mark} sweep ${number} at ${clock(startedAt)}: ${says ?? `${status.toLowerCase()} ${error ?? ''}`}  ${took}`;
  if (replicated.length === 0) return [line];
  const more = replicated.length > NAMED_MAX ? ` and ${replicated.length - NAMED_MAX} more` : '';
  return [line, `      replicated: ${replicated.slice(0, NAMED_MAX).join(', ')}${more}`];
}
