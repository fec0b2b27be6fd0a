import type { Finding, Result } from '../check.ts';
import type { Left, Pair } from '../stage/throw-aways.ts';

/** One check with its answer, all texts harmless. */
export interface Answered extends Finding {
  number: number;
  name: string;
  area: string;
  question: string;
  expects: string;
  means: string;
  ms: number;
}

/** A whole run. */
export interface Report {
  startedAt: string;
  pair: Pair;
  answers: readonly Answered[];
  /** Checks that were wanted, whether or not it came to them. */
  wanted: number;
  requests: number;
  /** Why it ended before its end. */
  error: string | undefined;
  left: readonly Left[];
  kept: readonly Left[];
}

export const countOf = ({ answers }: Report, result: Result): number =>
  answers.filter((answer) => answer.result === result).length;

/** 0: all that was asked is as expected. 1: something is different. 2: an error, or a question that got no answer. */
export function exitCodeOf(report: Report): 0 | 1 | 2 {
  if (report.error !== undefined || report.left.length > 0) return 2;
  if (countOf(report, 'different') > 0) return 1;
  return report.answers.some(({ result, needs }) => result === 'could-not-tell' && needs === undefined) ? 2 : 0;
}

/** The run in one sentence. */
export function summaryOf(report: Report): string {
  const open = report.answers.filter(({ result }) => result === 'could-not-tell');
  const notAsked = open.filter(({ needs }) => needs !== undefined).length;
  const counts = `${countOf(report, 'as-expected')} as expected, ${countOf(report, 'different')} different, ${open.length} could not be told (${notAsked} of them not asked for)`;
  const missing = report.wanted - report.answers.length;
  return `${counts}${missing > 0 ? `, ${missing} not reached` : ''}; ${report.requests} git requests`;
}
