import type { SweepSummary } from '../../replication/contract.ts';
import { outputOf } from '../../replication/execution.ts';
import { secondsOf, startedBy, tasksOf } from '../stepfunctions/facts.ts';
import type { Execution } from '../stepfunctions/machine.ts';
import type { LocalSystem } from '../system.ts';

/** How a sweep came out. */
export interface SweepReport extends Partial<Omit<SweepSummary, 'digest'>> {
  name: string;
  status: string;
  /** ISO 8601. */
  startedAt: string;
  seconds: number;
  /** Tasks of the executions that it started. */
  tasks: number;
  /** What it failed with. */
  error?: string;
}

export const sweepReports = (system: LocalSystem): SweepReport[] =>
  system.sweep.executions
    .filter(({ stopDate }) => stopDate !== undefined)
    .map((execution) => sweepReport(system, execution));

export function sweepReport(system: LocalSystem, execution: Execution): SweepReport {
  const own = system.machine.executions.filter((one) => startedBy(one) === execution.arn);
  const { digest: _, ...summary } = outputOf(execution) as Partial<SweepSummary>;
  return {
    name: execution.name,
    status: execution.status,
    startedAt: execution.startDate.toISOString(),
    seconds: secondsOf(execution),
    tasks: own.reduce((sum, one) => sum + tasksOf(one), 0),
    ...summary,
    ...(execution.error !== undefined && { error: `${execution.error}: ${execution.cause ?? ''}` }),
  };
}
