import { styleText } from 'node:util';
import { printable } from '../../git/ref.ts';
import { table } from '../../local/terminal/table.ts';
import { DRIFT } from '../../replication/execution.ts';
import { messageIn } from '../../replication/notice/failure.ts';
import { durationOf } from '../../replication/notice/times.ts';
import { type ReplicaStatus, secondsSince } from '../../replication/status.ts';
import type { Verdict } from '../../replication/verdict.ts';

/** Replicas whose trouble is told under the table; `--json` has them all. */
const TROUBLES_MAX = 10;
/** An execution's name may have 80 characters. */
const NAME_SHOWN = 48;
const CAUSE_SHOWN = 300;

const COLOURS: Record<Verdict, 'green' | 'yellow' | 'red'> = {
  'in-sync': 'green',
  behind: 'yellow',
  unknown: 'yellow',
  diverged: 'red',
  refused: 'red',
};

/** All for people: a table, what the trouble is, and whether it is good enough. */
export function describeStatus(statuses: readonly ReplicaStatus[], now: Date, maxAge: string | undefined): string[] {
  return [
    ...table(
      ['REPLICA', 'VERDICT', 'SINCE', 'VERIFIED', 'MAY BE MISSING', 'LAST LAG', 'AT WORK'],
      statuses.map((status) => row(status, now)),
    ),
    '',
    ...troubles(statuses),
    conclusion(statuses, maxAge),
  ];
}

function row({ record, verdict, since, mayBeMissing, recoveryPointSeconds }: ReplicaStatus, now: Date): string[] {
  const { replica, verifiedAt, lagSeconds, holder, heldSince } = record;
  const verified = recoveryPointSeconds === undefined ? undefined : ageOf(recoveryPointSeconds);
  const held = secondsSince(heldSince, now);
  const missing = {
    'nothing-known': 'nothing known',
    'pushed-since-verified': `what was pushed in the last ${verified}`,
    everything: 'everything',
  };
  const work = holder?.split(':').at(-1);
  return [
    printable(replica),
    styleText(COLOURS[verdict], verdict),
    since === undefined ? '-' : ageOf(secondsSince(since, now)),
    verified !== undefined ? `${verified} ago` : verifiedAt === undefined ? 'never' : 'unknown',
    missing[mayBeMissing],
    lagSeconds === undefined ? '-' : `${lagSeconds.toLocaleString('en')} s`,
    work === undefined ? '-' : `${printable(work, NAME_SHOWN)}${held === undefined ? '' : `, for ${ageOf(held)}`}`,
  ];
}

const ageOf = (seconds: number | undefined): string =>
  seconds === undefined ? 'unknown' : durationOf(new Date(0).toISOString(), new Date(seconds * 1000).toISOString());

/** A record keeps its last trouble; it is over unless the replica has been in trouble since. */
function troubles(statuses: readonly ReplicaStatus[]): string[] {
  const lines = statuses
    .filter(({ record }) => record.driftedSince !== undefined && record.lastError !== undefined)
    .map(({ record: { replica, lastError = '', lastCause = '' } }) => {
      const cause = printable(messageIn(lastCause), CAUSE_SHOWN);
      // What a comparison found names the replica itself.
      return lastError === DRIFT ? cause : `${printable(replica)}: ${printable(lastError)}: ${cause}`;
    });
  if (lines.length === 0) return [];
  const hidden = lines.length - TROUBLES_MAX;
  return [...lines.slice(0, TROUBLES_MAX), ...(hidden > 0 ? [`… and ${hidden} more; --json names them all`] : []), ''];
}

function conclusion(statuses: readonly ReplicaStatus[], maxAge: string | undefined): string {
  const good = statuses.filter(({ goodEnough }) => goodEnough).length;
  const are = statuses.length === 1 ? 'replica with a record is' : 'replicas with a record are';
  const proven = maxAge === undefined ? '' : ` and verified no longer than ${maxAge} ago`;
  return `${good} of ${statuses.length} ${are} in sync${proven}.`;
}

/** The same for scripts: what follows from a record, then the rest of it. */
export function statusToJson({ record, verdict, since, recoveryPointSeconds, ...status }: ReplicaStatus): object {
  const { replica, verdict: _, ...rest } = record;
  return {
    replica,
    verdict,
    ...status,
    since: since ?? null,
    recoveryPointSeconds: recoveryPointSeconds ?? null,
    ...rest,
  };
}
