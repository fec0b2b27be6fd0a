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

/**
 * What an ended execution found; of a sweep, the worst that its executions found. `unproven`: it ended well, and proves nothing, because a
 * source moved in every reading or the work was left to another. `unknown`: it says nothing that we understand.
 */
export type ExecutionResult = 'succeeded' | 'unproven' | 'drifted' | 'failed' | 'unknown';

/** The outcomes of `replicate` that prove the replica equal. */
const PROVEN = ['in-sync', 'replicated'];
/** Those that are no trouble, and prove nothing. */
const UNPROVEN = ['following', 'coalesced'];

export const hasEnded = ({ status }: Execution): boolean => status !== 'RUNNING' && status !== 'PENDING_REDRIVE';

/** Only what is known to be good is a success: another version may have other words. */
export function resultOf(execution: Execution): ExecutionResult {
  if (execution.status !== 'SUCCEEDED') return execution.error === DRIFT ? 'drifted' : 'failed';
  const output = outputOf(execution);
  const { outcome } = output;
  if (outcome !== undefined) {
    if (typeof outcome !== 'string') return 'unknown';
    return PROVEN.includes(outcome) ? 'succeeded' : UNPROVEN.includes(outcome) ? 'unproven' : 'unknown';
  }
  // A sweep succeeds whatever it found.
  const outcomes = fieldsOf(output['outcomes']);
  for (const bad of ['failed', 'drifted'] as const) {
    const named = output[bad];
    if (countOf(outcomes[bad]) > 0 || (Array.isArray(named) && named.length > 0)) return bad;
  }
  const sumOf = (names: readonly string[]) => names.reduce((sum, name) => sum + countOf(outcomes[name]), 0);
  const [proven, unproven] = [sumOf(PROVEN), sumOf(UNPROVEN)];
  // Outcomes with other words count for nothing here, and those that the sweep itself did not know it counts nowhere.
  if (proven + unproven !== output['replicas']) return 'unknown';
  return unproven > 0 ? 'unproven' : 'succeeded';
}

const countOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Whether it left its work to another execution. */
export const isCoalesced = (execution: Execution): boolean =>
  execution.status === 'SUCCEEDED' && outputOf(execution)['outcome'] === 'coalesced';

/**
 * The execution that was at work for the replica when this one left its work to it. It need not be the one that does it: it
 * may end by giving its lease to one that waits, or by starting a successor.
 */
export function workedFor(execution: Execution): string | undefined {
  const { execution: holder } = outputOf(execution);
  return isCoalesced(execution) && typeof holder === 'string' ? holder : undefined;
}

/** Empty where there is none, or none that can be read. */
export function outputOf({ output }: Execution): Record<string, unknown> {
  try {
    return fieldsOf(output === undefined ? undefined : JSON.parse(output));
  } catch {
    return {};
  }
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
