import type { LocalReplica } from '../demonstration.ts';
import { destinationUrl, REPLICA, sourceUrl } from '../demonstration.ts';
import type { LocalOptions } from '../options.ts';
import type { Show } from '../show.ts';
import { type StormReport, storm } from '../storm/storm.ts';
import { stormProgress, stormReport } from '../storm/text.ts';
import { Schedule } from '../sweep/schedule.ts';
import type { LocalSystem } from '../system.ts';
import { headsTable } from '../terminal/heads.ts';
import type { Screen } from '../terminal/screen.ts';
import { compareNow } from './comparison.ts';
import { invitation } from './invitation.ts';
import { replicateFrom } from './seeding.ts';
import { drift } from './stray.ts';

/** The last push begins so late in the minute of `--storm`: what is left is for its answer. */
const STORM_SECONDS = 57;
/** Where nothing can change in place, a storm's progress is told so often. */
const PROGRESS_LINES = 10;

/** Who watches, and until when. */
export interface Stage {
  replicas: readonly LocalReplica[];
  options: LocalOptions;
  screen: Screen;
  /** Absent: nobody watches single executions. */
  show: Show | undefined;
  /** Ctrl-C. */
  signal: AbortSignal;
}

/** Shows what was asked for, one thing after another. Gives how the storm came out, if there was one. */
export async function runDemonstration(system: LocalSystem, stage: Stage): Promise<StormReport | undefined> {
  const { options, signal } = stage;
  await first(system, stage);
  signal.throwIfAborted();
  const stormed = options.storm === undefined ? undefined : await showStorm(system, options.storm, stage);
  if (options.drift) await showDrift(system, stage);
  signal.throwIfAborted();
  if (options.once) {
    if (options.sweepMs !== undefined) await oneSweep(system, stage);
    return stormed;
  }
  await stayUp(system, stage);
  return stormed;
}

async function first(system: LocalSystem, stage: Stage): Promise<void> {
  const { replicas, options, screen } = stage;
  const { source, destination } = REPLICA;
  const others = replicas.length - 1;
  const more = others === 0 ? '' : `, and ${count(others, 'other', 'others')} beside it`;
  screen.line('Two CodeCommit look-alike regions are up on this machine:');
  screen.line(`  ${source.region}  ${source.repository.padEnd(11)}  ${sourceUrl(system)}${more}`);
  screen.line(`  ${destination.region}  ${destination.repository.padEnd(11)}  ${destinationUrl(system)}${more}`);
  screen.line();
  const where = others === 0 ? source.repository : `each of ${replicas.length} sources`;
  screen.line(`Pushing all branches and tags of ${options.from} to ${where} …`);
  const { branches, tags } = await quietly(stage, others > 0, () =>
    replicateFrom(system, replicas, options.from, stage.signal),
  );
  const what = `${count(branches, 'branch', 'branches')} and ${count(tags, 'tag', 'tags')}`;
  await showHeads(system, stage, others === 0 ? `${what} at the source.` : `${what} at each source.`);
}

async function showStorm(system: LocalSystem, pushes: number, stage: Stage): Promise<StormReport> {
  const { screen, signal } = stage;
  screen.line(`Storm: ${count(pushes, 'push', 'pushes')} to ${REPLICA.source.repository} within a minute …`);
  let told = 0;
  const report = await quietly(stage, true, () =>
    storm(system, {
      pushes,
      seconds: STORM_SECONDS,
      signal,
      onProgress: (progress) => {
        const line = `  ${stormProgress(progress)}`;
        screen.transient(line);
        const part = Math.floor((progress.pushed * PROGRESS_LINES) / progress.of);
        if (screen.isTerminal || part === told) return;
        told = part;
        screen.line(line);
      },
    }),
  );
  screen.settle();
  screen.line();
  for (const line of stormReport(report)) screen.line(`  ${line}`);
  await showHeads(system, stage);
  return report;
}

async function showDrift(system: LocalSystem, stage: Stage): Promise<void> {
  stage.screen.line('Now somebody pushes a commit straight to the destination, and an execution looks:');
  await drift(system);
  await showHeads(system, stage, 'The stray commit is still there, and people have been told.');
}

async function oneSweep(system: LocalSystem, { screen, show }: Stage): Promise<void> {
  screen.line('One sweep looks at every replica.');
  await system.startSweep();
  await system.idle();
  await show?.board?.settled({ onlyChanges: true });
}

/** Until Ctrl-C. */
async function stayUp(system: LocalSystem, { options, screen, signal }: Stage): Promise<void> {
  for (const line of await invitation(system, options)) screen.line(line);
  const schedule =
    options.sweepMs === undefined
      ? undefined
      : new Schedule(options.sweepMs, () => {
          system.startSweep().catch((error: Error) => {
            if (!signal.aborted) screen.line(`  the sweep could not be started: ${error.message}`);
          });
        });
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  schedule?.stop();
}

/** The heads of the one replica, or the table of many. */
async function showHeads(system: LocalSystem, { screen, show, replicas }: Stage, message?: string): Promise<void> {
  if (replicas.length > 1) await show?.board?.settled();
  else {
    screen.line();
    for (const line of headsTable(await compareNow(system))) screen.line(`  ${line}`);
    screen.line();
  }
  if (message !== undefined) {
    screen.line(message);
    screen.line();
  }
}

/** So much happens that only what fails is worth a line. */
async function quietly<T>({ show }: Stage, quiet: boolean, work: () => Promise<T>): Promise<T> {
  if (show !== undefined) show.quiet = quiet;
  try {
    return await work();
  } finally {
    if (show !== undefined) show.quiet = false;
  }
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
