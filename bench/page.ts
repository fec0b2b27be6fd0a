import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reckon } from './on-aws.ts';
import { markdownTable, markdownTables } from './report.ts';
import type { Results } from './results.ts';
import { matchTables, phaseTable, profileTable, startTable, targetTable } from './tables.ts';
import { WORKS } from './works.ts';

export const PAGE = join(import.meta.dirname, '..', 'docs', 'performance.md');

/** Puts the tables of a full run into docs/performance.md, between their marks. */
export async function writePage(results: Results): Promise<void> {
  const { startUp } = results;
  const sections: Record<string, string[]> = {
    targets: markdownTables([targetTable(results)]),
    bench: body(results),
    phases: markdownTables([phaseTable(results)]),
    'start-up': [...markdownTables([startTable(startUp), profileTable(startUp)]), '', imageLine(results.image)],
    'on-aws': reckoned(results),
  };
  let page = await readFile(PAGE, 'utf8');
  for (const [name, lines] of Object.entries(sections)) page = withSection(page, name, lines);
  await writeFile(PAGE, page);
}

/**
 * The page with other lines between `<!-- NAME -->` and `<!-- end of NAME -->`.
 *
 * @throws Error if it has no such marks
 */
export function withSection(page: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no "${begin.trim()}" and "${end}": nothing was written`);
  return `${page.slice(0, from)}${begin}\n${lines.join('\n')}\n\n${page.slice(to)}`;
}

function body(results: Results): string[] {
  const { machine, rounds, at } = results;
  const { cpu, cores, memoryGiB, kernel, node, git, fileSystem } = machine;
  return [
    `Measured ${at.slice(0, 10)}, ${rounds} rounds: ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${fileSystem}, Linux ${kernel}, Node ${node}, git ${git}.`,
    '',
    '| shape | repository | pack | refs |',
    '| --- | --- | ---: | ---: |',
    ...results.shapes.map(
      ({ name, what, packBytes, refs }) => `| ${name} | ${what} | ${(packBytes / 1e6).toFixed(0)} MB | ${refs} |`,
    ),
    '',
    '![Time of each way to replicate, as a multiple of ccrepl’s](../bench/results/full.svg)',
    '',
    ...markdownTables(matchTables(results)),
  ];
}

function imageLine({ bytes, stripped, originalPackageBytes }: Results['image']): string {
  const megabytes = (size: number) => `${(size / 1e6).toFixed(1)} MB`;
  const symbols = stripped ? '' : ' (with the symbols of Node, which the real one has not)';
  const other =
    originalPackageBytes === undefined
      ? ''
      : `; what the original design's needs at least, git and the AWS CLI as Debian packages, has ${megabytes(originalPackageBytes)}, and a clone for each repository on top of it`;
  return `Image: ccrepl's has ${megabytes(bytes)} compressed${symbols}${other}.`;
}

/** The reckoning of a push on AWS, for the biggest history. */
function reckoned(results: Results): string[] {
  const what = (name: string) => WORKS.find((work) => work.name === name)?.what ?? name;
  const rows = reckon(results, 'large').map(({ work, contestant, before, pull, task, after, total }) => [
    `${what(work)}: ${contestant}`,
    ...[before, pull, task, after, total].map((seconds) => seconds.toFixed(1)),
  ]);
  return markdownTable(['seconds', 'until the task is placed', 'image', 'task', 'proof', 'in all'], rows);
}
