import type { SweepSummary } from './contract.ts';

/** What `replicate` fails with when a replica is not in sync, and no task can change that. */
export const DRIFT = 'Ccrepl.Drift';

/** An execution of one of the state machines, as Step Functions describes it. */
export interface Execution {
  arn: string;
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED` or `PENDING_REDRIVE`. */
  status: string;
  /** JSON text. */
  output?: string;
  error?: string;
  cause?: string;
}

/** What an ended execution found; of a sweep, the worst that its executions found. */
export type ExecutionResult = 'succeeded' | 'drifted' | 'failed';

export const hasEnded = ({ status }: Execution): boolean => status !== 'RUNNING' && status !== 'PENDING_REDRIVE';

export function resultOf(execution: Execution): ExecutionResult {
  if (execution.status !== 'SUCCEEDED') return execution.error === DRIFT ? 'drifted' : 'failed';
  // A sweep succeeds whatever it found.
  const { drifted = [], failed = [] } = outputOf(execution) as Partial<SweepSummary>;
  if (failed.length > 0) return 'failed';
  return drifted.length > 0 ? 'drifted' : 'succeeded';
}

/** The execution that does the work of this one, where this one has left it to it. */
export function workedFor(execution: Execution): string | undefined {
  const { outcome, execution: holder } = outputOf(execution);
  return outcome === 'coalesced' && typeof holder === 'string' ? holder : undefined;
}

/** Empty where there is none. */
export function outputOf({ output }: Execution): Record<string, unknown> {
  const value: unknown = output === undefined ? undefined : JSON.parse(output);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
