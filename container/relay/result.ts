import type { Oid } from '../../git/oid.ts';
import { displayRef, type RefName } from '../../git/ref.ts';
import { ignoredAsText } from '../../replication/comparison.ts';
import type { ReplicationError } from '../../replication/errors.ts';
import type { Action, MassChange } from '../../replication/plan.ts';
import type { Reason } from '../../replication/reasons.ts';
import type { Counts } from '../../replication/verdict.ts';

/**
 * What became of one head that was not equal on both sides:
 * - `done`: a reading after the push shows it as planned
 * - `planned`: a dry run would write it
 * - `kept`, `refused`: left alone, by policy or by a guard
 * - `rejected`: the destination said no
 * - `moved`: somebody else moved it at the destination meanwhile
 * - `not-written`: the run failed before, or the outcome could not be read
 */
export type Status = 'done' | 'planned' | 'kept' | 'refused' | 'rejected' | 'moved' | 'not-written';

export interface HeadResult {
  ref: RefName;
  action: Action;
  old: Oid | undefined;
  new: Oid | undefined;
  status: Status;
  /** Why, for people. Always there unless the head is `done`. */
  reason?: string;
  /** The same of the table of reasons, where the plan decided. */
  code?: Reason;
}

/** What became of a default branch that was not the source's; `error` if it was refused. */
export interface DefaultBranchResult {
  expected: RefName;
  found: RefName | undefined;
  status: 'done' | 'planned' | 'refused' | 'not-written';
  error?: ReplicationError;
}

/** The whole of a run. `error` is there exactly when not everything is as it should be. */
export interface RelayResult {
  result: 'in-sync' | 'replicated' | 'planned' | 'incomplete' | 'failed';
  /** Sorted by the bytes of their names. */
  heads: HeadResult[];
  /** Present if the destination's default branch was not the source's, and can be set. */
  defaultBranch?: DefaultBranchResult;
  /** Present if deletions and rewrites were so many that a person must confirm them, or has. */
  massChange?: MassChange;
  counts: Counts | undefined;
  ignored: ReadonlyMap<string, number>;
  packBytes: number;
  objects: number;
  /** How often both sides were read and planned: more than once after a conflict. */
  rounds: number;
  /** Pushes of a history in steps that went through. */
  steps: number;
  warnings: string[];
  error?: ReplicationError;
}

/** A result as JSON that travels: names as text, nothing unbounded unless `headsMax` allows it. */
export function resultToJson(result: RelayResult, headsMax = Number.POSITIVE_INFINITY): Record<string, unknown> {
  const { heads, counts, ignored, warnings, error, defaultBranch, ...rest } = result;
  const shown = heads.slice(0, headsMax);
  return {
    ...rest,
    ...(error && { error: errorToJson(error) }),
    ...(defaultBranch && {
      defaultBranch: {
        expected: displayRef(defaultBranch.expected),
        found: defaultBranch.found === undefined ? null : displayRef(defaultBranch.found),
        status: defaultBranch.status,
        ...(defaultBranch.error && { error: errorToJson(defaultBranch.error) }),
      },
    }),
    heads: shown.map((head) => ({ ...head, ref: displayRef(head.ref), old: head.old ?? null, new: head.new ?? null })),
    ...(heads.length > shown.length && { headsOmitted: heads.length - shown.length }),
    ...(counts && { counts }),
    ...(ignored.size > 0 && { ignored: ignoredAsText(ignored, headsMax) }),
    ...(warnings.length > 0 && { warnings }),
  };
}

const errorToJson = ({ code, message, retryable }: ReplicationError) => ({ code, message, retryable });
