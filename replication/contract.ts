import type { MassChange } from './plan.ts';
import type { Counts, Verdict } from './verdict.ts';

/** Input of the `replicate` state machine: what a person types in the console. */
export interface ExecutionInput {
  replica: string;
  /** The fingerprint of a mass change that a person has looked at and wants. */
  confirm?: string;
}

/** One head that is not equal on both sides. Names are text for people; `null` means the head is not there. */
export interface Difference {
  ref: string;
  /** What the source has. */
  expected: string | null;
  /** What the destination has. */
  found: string | null;
  /** What a replication would do: create, update, delete, keep or refuse. */
  action: string;
  /** A code of the table of reasons. */
  reason: string;
}

/** What `compare-heads` returns, and the state machine decides on. Stays far below 256 KiB for any repository. */
export interface Comparison {
  replica: string;
  verdict: Verdict;
  /** Whether a replication would write anything. */
  replicable: boolean;
  counts: Counts;
  /** The first {@link DIFFERENCES_MAX}; those that a person must see come first. */
  differences: Difference[];
  differencesOmitted: number;
  /** Refs that the policy does not take, by namespace. */
  ignored: Record<string, number>;
  /** The default branches, if they differ. */
  defaultBranch?: DefaultBranchDifference;
  /** Deletions and rewrites so many that a person must confirm them, or has. */
  massChange?: MassChange;
  /** What a person should know although no head is refused for it. */
  warnings?: string[];
  /** The replica's settings, and what was confirmed, as JSON text: the environment of the task. */
  task: string;
}

export const DIFFERENCES_MAX = 20;

/** Branches as text for people; `null`: the destination has none yet. */
export interface DefaultBranchDifference {
  expected: string;
  found: string | null;
  /** False where the destination's host takes none from us; then it is no drift. */
  settable: boolean;
}

/** Input of `alert`: all that the execution knows. */
export interface AlertRequest {
  /** The execution's ARN. */
  execution: string;
  /** When the execution started, ISO 8601. */
  startedAt: string;
  /** The execution's input, as somebody gave it. */
  input: unknown;
  state: {
    /** The last comparison, if one succeeded. */
    compared?: { result: Comparison };
    /** What a state failed with. The Cause of a task is its description as JSON. */
    failure?: { Error: string; Cause: string };
    outcome: { Error: string; Cause: string };
  };
}
