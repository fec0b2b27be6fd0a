import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { compareNow, destinationUrl, drift, REPLICA, replicateFrom, sourceUrl, summary } from './demonstration.ts';
import { type LocalOptions, parseOptions, USAGE } from './options.ts';
import { showEvents } from './show.ts';
import { DEVELOPER, LocalSystem } from './system.ts';
import { headsTable } from './terminal/heads.ts';
import { Screen } from './terminal/screen.ts';
import { throttleExecutions } from './throttle-executions.ts';

const HOME = join(import.meta.dirname, '..');

const options = readOptions();
const screen = new Screen(options.json ? process.stderr : process.stdout);
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});
const data = options.data ?? (await mkdtemp(join(tmpdir(), 'ccrepl-data-')));
let system: LocalSystem | undefined;
try {
  const ended = run();
  await Promise.race([ended, stopped.then(() => screen.line('\nStopping …'))]);
} catch (error) {
  process.exitCode = 1;
  if (options.json)
    process.stdout.write(`${JSON.stringify({ verdict: 'unknown', error: (error as Error).message })}\n`);
  process.stderr.write(`${styleText('red', 'error')}: ${(error as Error).message}\n`);
} finally {
  await system?.stop();
  if (options.data === undefined) await rm(data, { recursive: true, force: true });
}
process.exit();

async function run(): Promise<void> {
  const events = options.json ? {} : showEvents(screen);
  system = await LocalSystem.start({
    ...(options.throttle === undefined ? events : throttleExecutions(events, options.throttle, () => system)),
    replicas: [REPLICA],
    directory: data,
    bundle: join(HOME, 'dist', 'replicate.mjs'),
    firstPort: options.port,
  });
  const { source, destination } = REPLICA;
  system.region(destination.region).pushFault = options.pushFault;
  screen.line('Two CodeCommit look-alike regions are up on this machine:');
  screen.line(`  ${source.region}  ${source.repository.padEnd(11)}  ${sourceUrl(system)}`);
  screen.line(`  ${destination.region}  ${destination.repository.padEnd(11)}  ${destinationUrl(system)}`);
  screen.line();
  screen.line(`Pushing all branches and tags of ${options.from} to ${source.repository} …`);
  const { branches, tags } = await replicateFrom(system, options.from);
  await showHeads(system, `${count(branches, 'branch', 'branches')} and ${count(tags, 'tag', 'tags')} at the source.`);

  if (options.drift) {
    screen.line('Now somebody pushes a commit straight to the destination, and an execution looks:');
    await drift(system);
    await showHeads(system, 'The stray commit is still there, and people have been told.');
  }
  if (options.once) {
    const report = await summary(system);
    process.exitCode = report['verdict'] === 'in-sync' && report['status'] === 'SUCCEEDED' ? 0 : 1;
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  invite(system);
  await stopped;
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

async function showHeads(up: LocalSystem, message: string): Promise<void> {
  screen.line();
  for (const line of headsTable(await compareNow(up))) screen.line(`  ${line}`);
  screen.line();
  screen.line(message);
  screen.line();
}

/** What to try next, ready to paste. */
function invite(up: LocalSystem): void {
  const { username, password, accessKeyId, secretAccessKey } = DEVELOPER;
  const clone = sourceUrl(up).replace('://', `://${username}:${password}@`);
  const aws = `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=${REPLICA.source.region}`;
  const input = JSON.stringify({ replica: REPLICA.id });
  screen.line('It stays up. Push to it from any repository, and watch it replicate:');
  screen.line(`  git push ${clone} HEAD:refs/heads/demo`);
  screen.line('Start an execution by hand, as in the console:');
  screen.line(
    `  ${aws} aws stepfunctions start-execution --endpoint-url ${up.endpoint} --state-machine-arn ${up.machine.arn} --input '${input}'`,
  );
  screen.line(
    `(The login "${username}" is fixed, and opens nothing but the look-alike on this machine. Ctrl-C stops.)`,
  );
  screen.line();
}

function readOptions(): LocalOptions {
  try {
    const parsed = parseOptions(process.argv.slice(2), HOME);
    if (parsed !== 'help') return parsed;
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    process.exit(2);
  }
}
