import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { groupsOf, markdownTables, spreadText } from './report.ts';
import type { Results } from './results.ts';
import { ratios } from './statistics.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'performance.md');

/** Puts the tables of a full run into docs/performance.md, between their marks. */
export async function writePage(results: Results): Promise<void> {
  const text = await readFile(PAGE, 'utf8');
  await writeFile(PAGE, withTables(text, results));
}

/** @throws Error if the page has no marks */
export function withTables(page: string, results: Results): string {
  const marks = /(<!-- bench -->\n)[\s\S]*?(<!-- end of bench -->)/;
  if (!marks.test(page))
    throw new Error('the page has no "<!-- bench -->" and "<!-- end of bench -->": nothing was written');
  return page.replace(marks, (_all, begin: string, end: string) => `${begin}${body(results).join('\n')}\n\n${end}`);
}

function body(results: Results): string[] {
  const { machine, startUp, rounds, at } = results;
  const { cpu, cores, memoryGiB, kernel, node, git, fileSystem } = machine;
  return [
    '',
    `Measured ${at.slice(0, 10)}, ${rounds} rounds: ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${fileSystem}, Linux ${kernel}, Node ${node}, git ${git}.`,
    '',
    '| shape | repository | pack | refs |',
    '| --- | --- | ---: | ---: |',
    ...results.shapes.map(
      ({ name, what, packBytes, refs }) => `| ${name} | ${what} | ${(packBytes / 1e6).toFixed(0)} MB | ${refs} |`,
    ),
    ...markdownTables(groupsOf(results)),
    '',
    `Start-up: ccrepl sends its first request after ${spreadText(ratios(startUp.firstRequest, startUp.empty))} × the time that an empty Node program takes.`,
  ];
}
