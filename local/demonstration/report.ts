import { type Verdict, verdictOf } from '../../replication/verdict.ts';
import { type LocalReplica, REPLICA } from '../demonstration.ts';
import { replicaOf } from '../stepfunctions/facts.ts';
import { type StormReport, stormIsWell } from '../storm/storm.ts';
import { sweepReports } from '../sweep/report.ts';
import type { LocalSystem } from '../system.ts';
import { compareNow } from './comparison.ts';

/** The worst first. */
const WORST: readonly Verdict[] = ['unknown', 'diverged', 'refused', 'behind', 'in-sync'];

/** What `--once --json` prints, and whether all is well. */
export interface Report {
  well: boolean;
  document: Record<string, unknown>;
}

/** Every replica is compared afresh: what the workflow has recorded is not believed. */
export async function reportOf(
  system: LocalSystem,
  replicas: readonly LocalReplica[],
  storm?: StormReport,
): Promise<Report> {
  const found: ReplicaReport[] = [];
  const records = await system.records();
  // One after another: each is two requests.
  for (const replica of replicas) {
    const plan = await compareNow(system, replica);
    const last = system.machine.executions.findLast((execution) => replicaOf(execution) === replica.id);
    const { inSyncSince, driftedSince, verifiedAt, lagSeconds } = records.get(replica.id) ?? {};
    found.push({
      id: replica.id,
      verdict: verdictOf(plan),
      heads: plan.source.size,
      status: last?.status ?? 'NOT_STARTED',
      lastExecution: last?.name,
      ...{ inSyncSince, driftedSince, verifiedAt, lagSeconds },
    });
  }
  const sweeps = sweepReports(system);
  const { machine, topic, tasks, deadLetters, packBytes } = system;
  const last = machine.executions.at(-1);
  const verdict = WORST.find((one) => found.some((replica) => replica.verdict === one)) ?? 'unknown';
  const well =
    found.every((replica) => replica.verdict === 'in-sync' && replica.status === 'SUCCEEDED') &&
    sweeps.every(({ status }) => status === 'SUCCEEDED') &&
    (storm === undefined || stormIsWell(storm));
  const document = {
    verdict,
    replica: REPLICA.id,
    heads: found[0]?.heads,
    packBytes,
    tasks: tasks.started,
    status: last?.status ?? 'NOT_STARTED',
    execution: last?.states ?? [],
    ...(found.length > 1 && { replicas: found }),
    ...(sweeps.length > 0 && { sweeps }),
    ...(storm && { storm }),
    executions: machine.executions.map(({ name, status, states }) => ({ name, status, states })),
    alerts: topic.inbox.map(({ subject, message, attributes }) => ({ subject, message, attributes })),
    ...(deadLetters.length > 0 && { deadLetters }),
  };
  return { well, document };
}

interface ReplicaReport {
  id: string;
  verdict: Verdict;
  heads: number;
  /** Of the last execution. */
  status: string;
  lastExecution: string | undefined;
  inSyncSince: string | undefined;
  driftedSince: string | undefined;
  verifiedAt: string | undefined;
  lagSeconds: number | undefined;
}
