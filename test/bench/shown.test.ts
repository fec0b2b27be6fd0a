import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from '../../bench/chart.ts';
import { parseOptions } from '../../bench/options.ts';
import { withSection } from '../../bench/page.ts';
import { markdownTables } from '../../bench/report.ts';
import { readResults } from '../../bench/results.ts';
import { matchTables, phaseTable, profileTable, startTable, targetTable } from '../../bench/tables.ts';
import { aFolder, removeFolders } from '../support/repository.ts';
import { resultsWhere } from './results.ts';

afterAll(removeFolders);

it('shows a table for each work, with ratios to ccrepl and their spread, and nothing of a client where there is none', () => {
  expect(markdownTables(matchTables(resultsWhere(0.2)))).toEqual([
    '| small: one commit | seconds | × ccrepl | CPU s | peak MiB | received MB | sent MB | requests | disk MB |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| ccrepl | 0.200 | 1 | 0.100 | 60 | 0.001 | 0.001 | 5 | 0 |',
    '| warm-mirror | 0.500 | 2.50 (2.25–2.75) | 0.100 | 60 | 0.001 | 0.001 | 5 | 0 |',
    '| floor | 0.100 | 0.500 (0.500–0.500) | – | – | – | – | – | – |',
  ]);
});

it('shows beside the floor where ccrepl’s time goes, from its start to its end', () => {
  expect(phaseTable(resultsWhere(0.2)).rows).toEqual([
    ['small: one commit', '0.100', '0', '0.100', '0', '0', '0.200', '0.100'],
  ]);
});

it('shows a start beside an empty program and one that loads the same modules of Node, and what the processor did', () => {
  const { startUp } = resultsWhere(0.2);

  expect(startTable(startUp).rows.map(([, ...cells]) => cells)).toEqual([
    ['30.0', '1'],
    ['45.0', '1.50 (1.50–1.50)'],
    ['60.0', '2.00 (2.00–2.00)'],
  ]);
  expect(profileTable(startUp).rows.map(([, share]) => share)).toEqual(['50', '20', '15', '10', '5']);
});

it('says of each target whether it is met', () => {
  const rows = new Map(targetTable(resultsWhere(0.2)).rows.map(([what, ...cells]) => [what, cells]));

  expect(rows.get('start to first request')).toEqual([
    '≤ 1.5 × an empty Node program',
    '2 × an empty Node program',
    'missed',
  ]);
  expect(rows.get('on disk, the most of all works')).toEqual(['0 MB', '0 MB', 'met']);
});

it('draws every way to replicate where its ratio is, on an axis that holds them all', () => {
  const svg = chartOf(resultsWhere(0.2));
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="91"/g)].map(([, x]) => Number(x));

  expect(dots).toHaveLength(3);
  const [floor, ccrepl, mirror] = dots as [number, number, number];
  expect([floor < ccrepl, ccrepl < mirror]).toEqual([true, true]);
  expect(dots.every((x) => x > 400 && x < 1000)).toBe(true);
  expect(svg).toContain('small: one commit');
});

describe('a section of the page', () => {
  const page = 'a\n<!-- x -->\nold\n<!-- end of x -->\nb\n';

  it('is replaced, and nothing else is', () => {
    const once = withSection(page, 'x', ['new']);

    expect(once).toBe('a\n<!-- x -->\n\nnew\n\n<!-- end of x -->\nb\n');
    expect(withSection(once, 'x', ['new'])).toBe(once);
  });

  it('that is not there is an error', () => {
    expect(() => withSection(page, 'y', [])).toThrow('nothing was written');
  });
});

describe('options', () => {
  it('of a full and of a quick run differ in size and rounds', () => {
    expect(parseOptions([])).toMatchObject({ mode: 'full', rounds: 7, scale: 1, compare: undefined });
    expect(parseOptions(['--quick'])).toMatchObject({ mode: 'quick', rounds: 3, scale: 0.1 });
    expect(parseOptions(['--quick', '--compare'])).toMatchObject({ compare: expect.stringMatching(/quick\.json$/) });
  });

  it('hold against saved results, and say how to get some where there are none, or something else', async () => {
    const folder = await aFolder();
    const path = join(folder, 'x.json');
    await expect(readResults(path)).rejects.toThrow(/no results to compare with at .*x\.json \(ENOENT\): make some/);
    for (const [text, message] of [
      ['{', 'is not JSON'],
      ['null', 'another format'],
      ['{"format":2}', 'another format'],
    ] as const) {
      await writeFile(path, text);
      await expect(readResults(path)).rejects.toThrow(message);
    }
    await writeFile(path, JSON.stringify(resultsWhere(1)));
    expect(await readResults(path)).toEqual(resultsWhere(1));
  });

  it.each([
    [['--shapes', 'small,huge'], '--shapes has "huge": expected some of small, large, refs, blobs'],
    [['--works', ''], '--works has "": expected some of nothing, commit'],
    [['--rounds', '0'], '--rounds is "0": expected a number from 1 to 1000'],
    [['--rounds', '2.5'], '--rounds is "2.5": expected a whole number'],
    [['--scale', 'x'], '--scale is "x": expected a number from 0.001 to 10'],
    [['--save', '--shapes', 'small'], 'it needs all shapes and works'],
    [['--repo', '.', '--compare'], 'give --compare-with FILE'],
  ])('%j are refused in words', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });
});
