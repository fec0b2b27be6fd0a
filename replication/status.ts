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
  /** In sync, and its recovery point no older than was asked for. */
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
    const { recoveryPointSeconds: age = Number.POSITIVE_INFINITY } = recovery;
    const goodEnough = verdict === 'in-sync' && (maxAgeSeconds === undefined || age <= maxAgeSeconds);
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

/** Whole seconds, and none for a time that another clock has not reached yet. */
function secondsSince(iso: string | undefined, now: Date): number | undefined {
  const seconds = Math.floor((now.getTime() - Date.parse(iso ?? '')) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

const VERDICTS: readonly string[] = ['in-sync', 'behind', 'diverged', 'refused', 'unknown'] satisfies Verdict[];

/** A replica whose first execution has not ended has no verdict; nobody knows how it stands. */
const verdictIn = ({ verdict = 'unknown' }: ReplicaRecord): Verdict =>
  VERDICTS.includes(verdict) ? (verdict as Verdict) : 'unknown';
