import { setTimeout as pause } from 'node:timers/promises';
import { type Verdict, verdictOf } from '../../replication/verdict.ts';
import { compareNow } from '../demonstration/comparison.ts';
import { login, REPLICA, sourceUrl } from '../demonstration.ts';
import { git } from '../git.ts';
import { outcomeOf, tasksOf } from '../stepfunctions/facts.ts';
import type { LocalSystem } from '../system.ts';
import { type StormCommit, withCommits } from './commits.ts';

/** How a storm of pushes came out. */
export interface StormReport {
  /** Pushes that the source took. */
  pushes: number;
  refused: number;
  /** From the first push to the answer to the last. */
  seconds: number;
  triggers: number;
  executions: number;
  coalesced: number;
  tasks: number;
  /** Tasks that ever ran at once for this replica. */
  mostTasksAtOnce: number;
  /** From the answer to the last push until the execution that proved it had ended. */
  secondsToVerified: number | null;
  /** Of a fresh comparison at the end. */
  verdict: Verdict;
  heads: number;
  alerts: number;
}

export interface StormOptions {
  pushes: number;
  /** In which they are spread evenly. */
  seconds: number;
  onProgress?: (progress: StormProgress) => void;
  signal?: AbortSignal | undefined;
}

export interface StormProgress {
  pushed: number;
  of: number;
  executions: number;
  tasks: number;
}

/** Pushes many times to the source with stock git, waits until all that this sets off has ended, and counts. */
export async function storm(system: LocalSystem, options: StormOptions): Promise<StormReport> {
  const { region, repository } = REPLICA.source;
  const { store } = system.region(region);
  const branch = await store.defaultBranch(repository);
  if (branch === undefined) throw new Error('the source has no branch to push to');
  const [executionsBefore, triggersBefore] = [system.machine.executions.length, system.triggered];
  const [tasksBefore, alertsBefore] = [system.tasks.started, system.topic.inbox.length];
  const { refused, started, ended } = await withCommits(store.path(repository), branch, options.pushes, (clone, all) =>
    pushAll(system, clone, all, options, () => ({
      executions: system.machine.executions.length - executionsBefore,
      tasks: system.tasks.started - tasksBefore,
    })),
  );
  await system.idle();
  const executions = system.machine.executions.slice(executionsBefore);
  const proofs = executions
    .filter((execution) => ['in-sync', 'replicated'].includes(outcomeOf(execution) ?? ''))
    .map(({ stopDate }) => stopDate?.getTime() ?? 0);
  const plan = await compareNow(system);
  return {
    pushes: options.pushes - refused,
    refused,
    seconds: (ended - started) / 1000,
    triggers: system.triggered - triggersBefore,
    executions: executions.length,
    coalesced: executions.filter((execution) => outcomeOf(execution) === 'coalesced').length,
    tasks: executions.reduce((sum, execution) => sum + tasksOf(execution), 0),
    mostTasksAtOnce: system.tasks.mostAtOnce.get(REPLICA.id) ?? 0,
    secondsToVerified: proofs.length === 0 ? null : (Math.max(...proofs) - ended) / 1000,
    verdict: verdictOf(plan),
    heads: plan.source.size,
    alerts: system.topic.inbox.length - alertsBefore,
  };
}

/** Whether a storm came out as it must: all is there, and never was more than one task at work. */
export const stormIsWell = ({ verdict, mostTasksAtOnce, refused }: StormReport): boolean =>
  verdict === 'in-sync' && mostTasksAtOnce <= 1 && refused === 0;

async function pushAll(
  system: LocalSystem,
  clone: string,
  commits: readonly StormCommit[],
  { seconds, onProgress, signal }: StormOptions,
  count: () => Pick<StormProgress, 'executions' | 'tasks'>,
): Promise<{ refused: number; started: number; ended: number }> {
  const { url, env } = login(sourceUrl(system));
  // A branch has one push at a time, or a later one could overtake an earlier.
  const lastOf = new Map<string, Promise<void>>();
  const started = Date.now();
  let [pushed, refused] = [0, 0];
  const push = async ({ branch, oid }: StormCommit) => {
    try {
      await git(['-C', clone, 'push', '--quiet', url, `${oid}:${branch}`], env, signal);
      pushed += 1;
    } catch {
      if (signal?.aborted) return;
      // Throttled, perhaps. The branch's next push brings its commit along.
      refused += 1;
    }
    onProgress?.({ pushed, of: commits.length, ...count() });
  };
  try {
    for (const [index, commit] of commits.entries()) {
      const wait = started + (index * seconds * 1000) / commits.length - Date.now();
      if (wait > 0) await pause(wait, undefined, { signal });
      // Where git does not keep the pace, the whole storm waits for it: else all that is late would run at once.
      await lastOf.get(commit.branch);
      signal?.throwIfAborted();
      lastOf.set(commit.branch, push(commit));
    }
  } finally {
    // Also of a storm that is broken off: what it has begun is over when it is.
    await Promise.all(lastOf.values());
  }
  return { refused, started, ended: Date.now() };
}
