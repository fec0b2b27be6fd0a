import type { Oid } from '../../git/oid.ts';
import type { PushReport } from '../../git/protocol/push-report.ts';
import type { RefName } from '../../git/ref.ts';
import type { PlannedHead } from '../../replication/plan.ts';
import type { HeadResult } from './result.ts';

/** How one head stands after its push. `again` says what another round could do about it. */
export interface Outcome {
  head: HeadResult;
  again: 'no' | 'fresh-plan' | 'full-pack';
}

const MOVED_MEANWHILE =
  /failed to update ref|cannot lock ref|stale info|reference already exists|fetch first|already exists/i;
const LACKS_OBJECTS = /missing necessary objects|unpacker error|unresolved delta|missing blob|bad pack/i;

/** What the destination shows decides; what it reported only says why. */
export function judge(
  head: PlannedHead,
  found: Oid | undefined,
  report: PushReport | undefined,
  thin: boolean,
): Outcome {
  const { ref, action, old, new: next } = head;
  const base = { ref, action, old, new: next };
  if (found === next) return { head: { ...base, status: 'done' }, again: 'no' };
  if (found !== old) {
    const reason = `was moved at the destination meanwhile, to ${found ?? 'nothing'}`;
    return { head: { ...base, status: 'moved', reason }, again: 'fresh-plan' };
  }
  const said = report?.results.get(ref) ?? report?.unpackError;
  if (said === undefined) {
    return { head: { ...base, status: 'not-written', reason: 'the destination did not say why' }, again: 'fresh-plan' };
  }
  const reason = `the destination said: ${withUnpack(said, report)}`;
  if (MOVED_MEANWHILE.test(said)) return { head: { ...base, status: 'moved', reason }, again: 'fresh-plan' };
  if (thin && LACKS_OBJECTS.test(withUnpack(said, report))) {
    return { head: { ...base, status: 'rejected', reason }, again: 'full-pack' };
  }
  return { head: { ...base, status: 'rejected', reason }, again: 'no' };
}

const withUnpack = (said: string, report: PushReport | undefined): string =>
  report?.unpackError === undefined || report.unpackError === said ? said : `${said} (${report.unpackError})`;

/** All reports of a run's pushes as one. */
export function mergeReports(reports: readonly PushReport[]): PushReport | undefined {
  if (reports.length === 0) return undefined;
  const results = new Map<RefName, string | undefined>();
  for (const report of reports) for (const [ref, reason] of report.results) results.set(ref, reason);
  return { unpackError: reports.find((report) => report.unpackError !== undefined)?.unpackError, results };
}
