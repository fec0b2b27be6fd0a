import type { Verdict } from './verdict.ts';

/** What the workflow has written of a replica (docs/workflow.md), as far as people ask for it. Times are ISO 8601. */
export interface ReplicaRecord {
  replica: string;
  verdict?: string;
  inSyncSince?: string;
  driftedSince?: string;
  verifiedAt?: string;
  wantedSince?: string;
  lagSeconds?: number;
  heads?: number;
  fingerprint?: string;
  lastExecution?: string;
  lastError?: string;
  lastCause?: string;
  lastErrorAt?: string;
  holder?: string;
  heldSince?: string;
}

/** So far ahead the clock may be that wrote a time; the clocks of AWS and of a machine that keeps time differ by less. */
const CLOCK_SKEW_SECONDS = 300;

/** What a loss of the source would cost, as far as it is known: see {@link recoveryPoint}. */
export type MayBeMissing = 'nothing-known' | 'pushed-since-verified' | 'everything';

/** How a replica stands at one moment. */
export interface ReplicaStatus {
  record: ReplicaRecord;
  verdict: Verdict;
  /** Since when it has been in sync without a break, or in trouble; absent where neither is known. */
  since: string | undefined;
  /** The age of the recovery point; undefined where there is none. */
  recoveryPointSeconds: number | undefined;
  mayBeMissing: MayBeMissing;
  /** In sync, with a recovery point, and that no older than was asked for. */
  goodEnough: boolean;
}

/** How each replica stands, those that are not good enough first. */
export function statusOf(
  records: readonly ReplicaRecord[],
  now: Date,
  maxAgeSeconds: number | undefined,
): ReplicaStatus[] {
  const statuses = records.map((record): ReplicaStatus => {
    const verdict = verdictIn(record);
    const recovery = recoveryPoint(record, now);
    const { recoveryPointSeconds: age } = recovery;
    const goodEnough = verdict === 'in-sync' && age !== undefined && age <= (maxAgeSeconds ?? Number.POSITIVE_INFINITY);
    return { record, verdict, since: record.inSyncSince ?? record.driftedSince, ...recovery, goodEnough };
  });
  return statuses.sort(
    (a, b) =>
      Number(a.goodEnough) - Number(b.goodEnough) ||
      (a.record.replica < b.record.replica ? -1 : Number(a.record.replica > b.record.replica)),
  );
}

/**
 * The recovery point is `verifiedAt`, whatever the verdict: all that was pushed to the source before the last proof began to read was then
 * at the destination, so what is missing, if anything, was pushed after it. (A head that somebody else has moved at the destination
 * since is what the verdict `diverged` tells.) `wantedSince` is no such bound: it is when an execution started to look, which is
 * seconds after the push that set it off, and up to a sweep's interval after a push whose trigger was lost. Where it is absent, every
 * look has ended in sync, and nothing is known to be missing; where it is there, a look is under way, or found something.
 */
function recoveryPoint(
  { verifiedAt, wantedSince }: ReplicaRecord,
  now: Date,
): Pick<ReplicaStatus, 'recoveryPointSeconds' | 'mayBeMissing'> {
  const recoveryPointSeconds = secondsSince(verifiedAt, now);
  if (recoveryPointSeconds === undefined) return { recoveryPointSeconds, mayBeMissing: 'everything' };
  return { recoveryPointSeconds, mayBeMissing: wantedSince === undefined ? 'nothing-known' : 'pushed-since-verified' };
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Whole seconds. Undefined for what is no time of ours, or lies in the future by more than clocks differ: it proves nothing. */
export function secondsSince(iso: string | undefined, now: Date): number | undefined {
  if (iso === undefined || !ISO_8601.test(iso)) return undefined;
  const seconds = Math.floor((now.getTime() - Date.parse(iso)) / 1000);
  return seconds >= -CLOCK_SKEW_SECONDS ? Math.max(0, seconds) : undefined;
}

const VERDICTS: readonly string[] = ['in-sync', 'behind', 'diverged', 'refused', 'unknown'] satisfies Verdict[];

/** A replica whose first execution has not ended has no verdict; nobody knows how it stands. */
const verdictIn = ({ verdict = 'unknown' }: ReplicaRecord): Verdict =>
  VERDICTS.includes(verdict) ? (verdict as Verdict) : 'unknown';
