import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleInParts } from '../build.ts';
import { chartOf } from './chart.ts';
import { compare, expectedOf, expectSameRepositories, expectSameSize, figuresOf, otherMachine } from './comparison.ts';
import { bytesOf, refsOf } from './git.ts';
import { imageSizes } from './image.ts';
import { machineOf } from './machine.ts';
import { match } from './match.ts';
import { GitServer } from './measure/server.ts';
import { type BenchOptions, parseOptions, RESULTS, USAGE } from './options.ts';
import { writePage } from './page.ts';
import { digits, terminalTables } from './report.ts';
import { type Results, readResults } from './results.ts';
import { prepareShape, shapeOf } from './shapes/prepared.ts';
import { SHAPES } from './shapes/shapes.ts';
import { startUp } from './start-up.ts';
import { matchTables, phaseTable, profileTable, startTable, targetTable } from './tables.ts';
import { WORKS } from './works.ts';

const START_UPS = 15;

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  return 2;
});

async function main(): Promise<number> {
  let options: BenchOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const before = options.compare === undefined ? undefined : await readResults(options.compare);
  if (before !== undefined) expectSameSize(before, options);
  const results = await measure(options);
  const { startUp: start } = results;
  const tables = [
    ...matchTables(results),
    phaseTable(results),
    startTable(start),
    profileTable(start),
    // They are for repositories of full size.
    ...(results.mode === 'full' ? [targetTable(results)] : []),
  ];
  process.stdout.write(`${terminalTables(tables).join('\n')}\n\n`);
  // Before anything can be said against what they are compared with: they took long to measure.
  if (options.out !== undefined && options.out !== RESULTS) await save(options.out, results);
  const isWorse = before !== undefined && tellWorse(results, before, options);
  if (options.out === RESULTS && isWorse)
    process.stdout.write(
      'Nothing was saved: what is saved is what the next run is held against. Without --compare it is.\n',
    );
  else if (options.out === RESULTS) await save(RESULTS, results);
  return isWorse ? 1 : 0;
}

/** Says which ratios are worse than before, or were there before and are not any more; true if there are any. */
function tellWorse(results: Results, before: Results, options: BenchOptions): boolean {
  expectSameRepositories(before, results);
  const expected = expectedOf(figuresOf(before), results, options);
  const { compared, worse, missing } = compare(figuresOf(results), expected);
  for (const { name, value, before: old } of worse)
    process.stdout.write(`worse: ${name}: ${digits(value)} ×, was ${digits(old)} ×\n`);
  for (const { name } of missing) process.stdout.write(`missing: ${name}\n`);
  const unlike = otherMachine(before.machine, results.machine);
  if (unlike !== undefined)
    process.stdout.write(
      `The results of ${before.at} are of another machine (${unlike}), where ratios may be others.\n`,
    );
  const lost = missing.length > 0 ? `, and ${missing.length} are missing` : '';
  process.stdout.write(`${worse.length} of ${compared} ratios are worse than on ${before.at}${lost}\n`);
  return worse.length + missing.length > 0;
}

async function measure(options: BenchOptions): Promise<Results> {
  const shapes = options.repo === undefined ? SHAPES : [await shapeOf(options.repo)];
  const chosen = shapes.filter(({ name }) => options.shapes?.includes(name) ?? true);
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-bench-run-'));
  await mkdir(options.cache, { recursive: true });
  const [sourceRoot, destinationRoot, clients] = ['source', 'destination', 'clients'].map((name) =>
    join(options.cache, `${name}-${process.pid}`),
  ) as [string, string, string];
  for (const folder of [sourceRoot, destinationRoot, clients]) await mkdir(folder);
  const servers = [await GitServer.start(sourceRoot), await GitServer.start(destinationRoot)] as const;
  const clear = () => {
    for (const folder of [scratch, sourceRoot, destinationRoot, clients])
      rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      clear();
      process.exit(128 + constants.signals[signal]);
    });
  try {
    const program = join(scratch, 'replicate.mjs');
    await bundleInParts('container/main.ts', program);
    const ground = {
      source: { server: servers[0], root: sourceRoot },
      destination: { server: servers[1], root: destinationRoot },
      clients,
      bundle: program,
    };
    const results: Results = {
      format: 1,
      mode: options.mode,
      at: new Date().toISOString(),
      machine: await machineOf(options.cache),
      scale: options.scale,
      rounds: options.rounds,
      shapes: [],
      cells: [],
      startUp: await startUp(program, scratch, START_UPS),
      image: await imageSizes(program, scratch),
    };
    for (const shape of chosen) {
      const what = shape.what(options.scale);
      process.stderr.write(`${shape.name}: making ${what}, where it is not there yet\n`);
      const prepared = await prepareShape(shape, options.scale, options.cache);
      const refs = await refsOf(prepared.before);
      results.shapes.push({
        name: shape.name,
        what,
        packBytes: await bytesOf(join(prepared.before, 'objects')),
        refs: refs.size,
      });
      for (const work of WORKS) {
        if (!shape.works.includes(work.name) || options.works?.includes(work.name) === false) continue;
        const cells = await match(ground, shape.name, prepared, work, options.rounds, ({ name }, round, { seconds }) =>
          process.stderr.write(
            `${shape.name}: ${work.what}: round ${round + 1} of ${options.rounds}: ${name} ${digits(seconds)} s\n`,
          ),
        );
        results.cells.push(...cells);
      }
    }
    return results;
  } finally {
    for (const server of servers) server.stop();
    clear();
  }
}

async function save(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${results.mode}.json`), `${JSON.stringify(results, undefined, 1)}\n`);
  await writeFile(join(folder, `${results.mode}.svg`), chartOf(results));
  if (folder === RESULTS && results.mode === 'full') await writePage(results);
}
