import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleInParts } from '../../build.ts';
import { type StormReport, stormIsWell } from '../../local/storm/storm.ts';
import { table } from '../../local/terminal/table.ts';
import { machineOf } from '../machine.ts';
import { RESULTS } from '../options.ts';
import { PAGE, withSection } from '../page.ts';
import { stormOf } from './storm.ts';
import { type SweepFigures, sweepOver } from './sweep.ts';
import { SWEEP_COLUMNS, stormRows, sweepRow, type WorkflowResults, workflowSection } from './text.ts';

const USAGE = `Usage: npm run bench:workflow -- [--replicas 10,100,1000] [--pushes 500] [--seconds 57] [--save]

Drives the whole system on this machine: one sweep over so many replicas of which a hundredth is behind, and a storm of pushes on one
repository. Exit code 1 if a replica is left behind, or more tasks were started than there was work for.
--save keeps the figures in bench/results/workflow.json and in docs/performance.md.`;

const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '10,100,1000' },
    pushes: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '57' },
    save: { type: 'boolean', default: false },
    part: { type: 'string' },
    bundle: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${USAGE}\n`);
else if (values.part === 'sweep') process.send?.(await sweepOver(whole('replicas', values.replicas), values.bundle));
else if (values.part === 'storm')
  process.send?.(await stormOf(whole('pushes', values.pushes), whole('seconds', values.seconds), values.bundle));
else process.exitCode = await all();
if (values.part !== undefined) process.disconnect?.();

async function all(): Promise<number> {
  const counts = values.replicas.split(',').map((one) => whole('replicas', one));
  const pushes = whole('pushes', values.pushes);
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-bench-workflow-'));
  try {
    const bundle = join(scratch, 'replicate.mjs');
    await bundleInParts('container/main.ts', bundle);
    const sweeps: SweepFigures[] = [];
    for (const count of counts) {
      process.stderr.write(`a sweep over ${count} replicas …\n`);
      sweeps.push(await part<SweepFigures>('sweep', '--replicas', String(count), '--bundle', bundle));
    }
    process.stderr.write(`a storm of ${pushes} pushes in ${values.seconds} s …\n`);
    const storm = await part<StormReport>(
      'storm',
      '--pushes',
      String(pushes),
      '--seconds',
      values.seconds,
      '--bundle',
      bundle,
    );
    const results: WorkflowResults = { at: new Date().toISOString(), machine: await machineOf(scratch), sweeps, storm };
    process.stdout.write(
      `\n${table(SWEEP_COLUMNS, sweeps.map(sweepRow)).join('\n')}\n\n${table(['storm', ''], stormRows(storm)).join('\n')}\n`,
    );
    if (values.save) {
      await writeFile(join(RESULTS, 'workflow.json'), `${JSON.stringify(results, undefined, 1)}\n`);
      await writeFile(PAGE, withSection(await readFile(PAGE, 'utf8'), 'workflow', workflowSection(results)));
    }
    const isWell = sweeps.every(
      ({ tasks, behind, comparisons, replicas }) => tasks === behind && comparisons === replicas + behind,
    );
    return isWell && stormIsWell(storm) ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** In a process of its own, so that what one has taken is not the next one's. */
async function part<T>(name: string, ...args: string[]): Promise<T> {
  const child = fork(import.meta.filename, ['--part', name, ...args]);
  let figures: T | undefined;
  child.once('message', (message) => {
    figures = message as T;
  });
  const [code] = (await once(child, 'exit')) as [number];
  if (figures === undefined) throw new Error(`the ${name} ended with ${code}, and no figures`);
  return figures;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} is "${text}": expected a whole number from 1\n\n${USAGE}\n`);
  process.exit(2);
}
