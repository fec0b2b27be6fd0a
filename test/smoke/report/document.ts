import { countOf, exitCodeOf, type Report } from './report.ts';

/** The report as one JSON document. */
export const reportDocument = (report: Report): object => ({
  startedAt: report.startedAt,
  repositories: report.pair,
  counts: {
    asExpected: countOf(report, 'as-expected'),
    different: countOf(report, 'different'),
    couldNotTell: countOf(report, 'could-not-tell'),
    notReached: report.wanted - report.answers.length,
  },
  exitCode: exitCodeOf(report),
  requests: report.requests,
  checks: report.answers,
  left: report.left,
  kept: report.kept,
  ...(report.error !== undefined && { error: report.error }),
});
