import type { MassChange } from './plan.ts';
import type { Counts, Verdict } from './verdict.ts';

/** Input of the `replicate` state machine: what a person types in the console. */
export interface ExecutionInput {
  replica: string;
  /** The fingerprint of a mass change that a person has looked at and wants. */
  confirm?: string;
  /** Runs the task although the replica is in sync. */
  force?: 'task';
}

/** Input of the `sweep` state machine: everything, all replicas of one source repository, or one replica. */
export interface SweepInput {
  repository?: string;
  replica?: string;
}

/** Input of `read-input`: what an execution of that state machine was started with, whatever it is. */
export interface InputQuestion {
  stateMachine: 'replicate' | 'sweep';
  input: unknown;
}

/** What `read-input` gives to `replicate`: all that its later states know of the input. */
export interface Run extends ExecutionInput {
  /** The execution of the sweep that started this one. */
  sweep?: string;
  /** People told before this (ISO 8601) are told again: a day before the input was read. */
  remindBefore: string;
  /** When notes of this run that nobody reads later may be deleted, in seconds since 1970, as text. */
  expiresAt: string;
}

/** What `read-input` gives to `sweep`. */
export interface SweepList {
  replicas: { replica: string }[];
  /** As in {@link Run}. */
  remindBefore: string;
}

/** Input of `compare-heads`. */
export interface ComparisonQuestion {
  run: ExecutionInput;
  /** Since when somebody has wanted a fresh look, ISO 8601; the lag is counted from it. */
  wantedSince: string;
  /** What an earlier comparison remembered: its `memory`. */
  before?: string;
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
  /** Where an earlier comparison is given and heads stand as they did: the worst of those; else of all. */
  verdict: Verdict;
  /** What sort of trouble it is: people are told when it changes. The verdict, and why heads are refused: `diverged:diverged,mass-change`. */
  kind: string;
  /** One sentence: what of the replica is not as at the source. */
  headline: string;
  /** Whether a replication would write anything. */
  replicable: boolean;
  /** When the reading began, ISO 8601: what was pushed before has been seen. */
  comparedAt: string;
  /** From `wantedSince` to the end of the reading. */
  lagSeconds: number;
  /** Names the state of all heads of the source: 16 hexadecimal digits. */
  fingerprint: string;
  counts: Counts;
  /** Of the heads that differ, those that differed just so in the earlier comparison: the source has not moved them since. 0 without one. */
  standing: number;
  /** The heads that differ, packed for the next comparison; where heads stand, those alone. At most {@link MEMORY_HEADS_MAX}. */
  memory: string;
  /** The first {@link DIFFERENCES_MAX}; those that a person must see come first. Where heads stand, those alone. */
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

/** Input of `alert`: news of one replica, or of many at once. */
export type AlertRequest = ReplicaNews | SweepNews;

/** All that an execution of `replicate` knows. */
export interface ReplicaNews {
  /** The execution's ARN. */
  execution: string;
  /** When the execution started, ISO 8601. */
  startedAt: string;
  state: {
    run: Run;
    /** Rounds of this execution, from 1. */
    rounds: { number: number };
    lease: { wantedSince: string };
    /** The last comparison, if one succeeded. */
    compared?: { result: Comparison };
    /** The last round that had a task, and how its last one ended: well, or what it failed with. The Cause is its description as JSON. */
    tries?: { round: number; task?: { ended: 'well' } | Failure };
    /**
     * What the execution found: `at` the latest time from which something may not have been replicated, `seenAt` when that was seen. With an
     * Error if it is not well: `Ccrepl.Drift`, or what a comparison failed with.
     */
    outcome: { verdict: Verdict; kind: string; at: string; seenAt: string } & Partial<Failure>;
    /** The record of the replica, as it was before this. */
    recorded?: { Attributes?: RecordedAttributes };
  };
}

/** What many executions of one sweep had to tell. */
export interface SweepNews {
  /** The sweep's ARN. */
  execution: string;
  startedAt: string;
  digest: Digest;
}

/** What one replica has to tell, where many have. */
export interface DigestNews {
  replica: string;
  verdict: Verdict;
  /** As in {@link Comparison}. */
  kind: string;
}

/** One message about many replicas. */
export interface Digest {
  /** The worst first. */
  news: DigestNews[];
  /** All that the sweep looked at. */
  replicas: number;
}

export interface Failure {
  Error: string;
  Cause: string;
}

/** The part of a replica's record that decides what people are told, as DynamoDB writes it. */
export interface RecordedAttributes {
  verdict?: { S: string };
  /** Since when the replica has not been in sync, ISO 8601. */
  driftedSince?: { S: string };
  /** The verdict that people were last told. */
  told?: { S: string };
  /** The `kind` of it. */
  toldKind?: { S: string };
  /** When that was seen, ISO 8601. */
  toldAt?: { S: string };
  /** When the last proof began, ISO 8601. */
  verifiedAt?: { S: string };
}

/** How the execution of `replicate` for one replica of a sweep ended. */
export interface SweptReplica {
  replica: string;
  outcome: 'in-sync' | 'replicated' | 'following' | 'coalesced' | 'drifted' | 'failed';
}

/** Input of `summarise-sweep`. */
export interface SweepResults {
  /** What was to be looked at. */
  replicas: { replica: string }[];
  results: SweptReplica[];
  /** What people have not been told yet; empty objects where they have. */
  news: Partial<DigestNews>[];
}

/** What a sweep ends with: for a person who opens the execution. */
export interface SweepSummary {
  /** One sentence. */
  says: string;
  replicas: number;
  /** How many ended so. */
  outcomes: Partial<Record<SweptReplica['outcome'], number>>;
  /** Ids, the first {@link SWEEP_NAMED_MAX} of each. */
  drifted: string[];
  failed: string[];
  replicated: string[];
  /** Present if what happened is told in one message at the end. */
  digest?: Digest;
}

export const SWEEP_NAMED_MAX = 100;
/** Heads that a comparison remembers for the next: 9 bytes each. */
export const MEMORY_HEADS_MAX = 5000;
