import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type Report, reportOf } from './demonstration/report.ts';
import { runDemonstration } from './demonstration/run.ts';
import { REPLICA, replicasOf } from './demonstration.ts';
import { type LocalOptions, parseOptions, USAGE } from './options.ts';
import { Show } from './show.ts';
import { LocalSystem } from './system.ts';
import { Screen } from './terminal/screen.ts';
import { throttleExecutions } from './throttle-executions.ts';

const HOME = join(import.meta.dirname, '..');

const options = readOptions();
const screen = new Screen(options.json ? process.stderr : process.stdout);
const stop = new AbortController();
const stopped = new Promise<NodeJS.Signals>((resolve) => {
  // More than once: npm hands a Ctrl-C on that the terminal has sent already, and cleaning up takes a moment.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      resolve(signal);
      stop.abort();
    });
});

const replicas = replicasOf(options.replicas);
const ids = replicas.map(({ id }) => id);
const data = options.data ?? (await mkdtemp(join(tmpdir(), 'ccrepl-data-')));
let system: LocalSystem | undefined;
const show = options.json ? undefined : new Show(screen, ids, () => system);
const events = show?.events ?? {};
const starting = LocalSystem.start({
  ...(options.throttle === undefined ? events : throttleExecutions(events, options.throttle, () => system)),
  replicas,
  directory: data,
  bundle: join(HOME, 'dist', 'replicate.mjs'),
  firstPort: options.port,
});
const run = runAll();
try {
  const outcome = await Promise.race([run, stopped]);
  if (typeof outcome === 'string') {
    // Without --once, that is how it ends.
    if (options.once) process.exitCode = 128 + constants.signals[outcome];
    if (options.json) printFailure(`stopped by ${outcome}`);
  } else if (outcome !== undefined) {
    process.exitCode = outcome.well ? 0 : 1;
    if (options.json) process.stdout.write(`${JSON.stringify(outcome.document, null, 2)}\n`);
  }
} catch (error) {
  process.exitCode = 1;
  if (options.json) printFailure((error as Error).message);
  screen.unpin();
  process.stderr.write(`${styleText('red', 'error')}: ${(error as Error).message}\n`);
} finally {
  screen.unpin();
  if (stop.signal.aborted) screen.line('\nStopping …');
  if (show) show.over = true;
  stop.abort();
  await (await starting.catch(() => undefined))?.stop();
  // Whatever it was about fails now, and takes its own folders away.
  await run.catch(() => {});
  if (options.data === undefined) await rm(data, { recursive: true, force: true, maxRetries: 3 });
}
process.exit();

/** Gives the report, if there is one to come. */
async function runAll(): Promise<Report | undefined> {
  system = await starting;
  system.region(REPLICA.destination.region).pushFault = options.pushFault;
  stop.signal.throwIfAborted();
  const storm = await runDemonstration(system, { replicas, options, screen, show, signal: stop.signal });
  return options.once ? reportOf(system, replicas, storm) : undefined;
}

function printFailure(error: string): void {
  process.stdout.write(`${JSON.stringify({ verdict: 'unknown', error })}\n`);
}

function readOptions(): LocalOptions {
  try {
    const parsed = parseOptions(process.argv.slice(2), HOME);
    if (parsed !== 'help') return parsed;
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  } catch (error) {
    if (process.argv.includes('--json')) printFailure((error as Error).message);
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    process.exit(2);
  }
}
