import { leftLines } from './lines.ts';
import { type Report, summaryOf } from './report.ts';

/** The report as a page, to keep or to send to somebody. */
export function reportMarkdown(report: Report): string {
  const { startedAt, pair, answers, error } = report;
  const rows = answers.map(
    ({ number, name, result, question, found }) =>
      `| ${number} | \`${name}\` | ${result} | ${cell(question)} | ${cell(found)} |`,
  );
  const details = answers
    .filter(({ result }) => result !== 'as-expected')
    .flatMap(({ number, name, result, expects, found, means }) => [
      `### ${number} \`${name}\`: ${result}`,
      '',
      `- expected: ${inline(expects)}`,
      `- found: ${inline(found)}`,
      `- means: ${inline(means)}`,
      '',
    ]);
  return [
    '# What real CodeCommit answered',
    '',
    `Begun ${startedAt}, from ${pair.source.region} to ${pair.destination.region}. ${summaryOf(report)}.`,
    '',
    ...(error === undefined ? [] : [`**Ended early:** ${inline(error)}`, '']),
    ...leftLines(report).map((line) => `- ${inline(line.trim())}`),
    '| # | check | result | question | found |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(details.length > 0 ? ['## To look at', '', ...details] : []),
  ].join('\n');
}

/** Words of a server are text, whatever they hold. */
const inline = (text: string): string => text.replace(/[\\`*_<>[\]]/g, '\\$&');

const cell = (text: string): string => inline(text).replace(/\|/g, '\\|');
