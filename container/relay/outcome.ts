import { GitError } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import type { PushReport } from '../../git/protocol/push-report.ts';
import type { PlannedHead } from '../../replication/plan.ts';
import type { HeadResult } from './result.ts';
import type { Pushed } from './transfer.ts';

/** How one head stands after its push. `again` says what another attempt could do about it. */
export interface Outcome {
  head: HeadResult;
  again: 'no' | 'fresh-plan' | 'more-objects';
  /** The destination could not read the pack: it may have been cut on its way. */
  unreadable?: boolean;
}

/** Words for a ref that could not be moved from its old id, though it is there: another push may be at it just now. */
const IN_USE = /failed to update ref|cannot lock ref|stale info|reference already exists|fetch first|already exists/i;
const LACKS_OBJECTS = /missing necessary objects|unpacker error|unresolved delta|missing blob|bad pack/i;
/** git's and other servers' words for a pack that is too big for one push. */
const TOO_BIG = /exceeds maximum|maximum (?:allowed )?size|too large|too big|size limit/i;
/** More of the same would not help. */
const NO_ROOM = /no space left|quota/i;

/** What the destination shows decides; what it reported only says why. */
export function judge(head: PlannedHead, found: Oid | undefined, pushed: Pushed): Outcome {
  const { ref, action, old, new: next } = head;
  if (found === next) return { head: { ref, action, old, new: next, status: 'done' }, again: 'no' };
  const base = { ref, action, old, new: next };
  if (found !== old) {
    const reason = `was moved at the destination meanwhile, to ${found ?? 'nothing'}`;
    return { head: { ...base, status: 'moved', reason }, again: 'fresh-plan' };
  }
  const { report } = pushed;
  const said = report?.results.get(ref) ?? report?.unpackError;
  if (said === undefined) {
    return { head: { ...base, status: 'not-written', reason: 'the destination did not say why' }, again: 'fresh-plan' };
  }
  const all = withUnpack(said, report);
  const reason = `the destination said: ${all}`;
  const lacks = LACKS_OBJECTS.test(all) && !TOO_BIG.test(all) && !NO_ROOM.test(all);
  return {
    head: { ...base, status: 'rejected', reason },
    again: IN_USE.test(said) ? 'fresh-plan' : lacks ? 'more-objects' : 'no',
    unreadable: report?.unpackError !== undefined,
  };
}

function withUnpack(said: string, report: PushReport | undefined): string {
  const more = [report?.unpackError, report?.fatal].filter((text) => text !== undefined && text !== said);
  return more.length === 0 ? said : `${said} (${more.join('; ')})`;
}

/** A small push that breaks is an accident; from so many bytes or objects its size may be the reason. */
const BYTES_MIN = 256 * 1024;
const OBJECTS_MIN = 1000;

/** Why a push may have been too big, or too slow, for one request; undefined if that is not what is wrong with it. */
export function whyTooBig({ report, error, sourceFailed, packBytes, objects }: Pushed): string | undefined {
  if (sourceFailed || objects === 0) return undefined;
  const unpack = [report?.unpackError, report?.fatal].filter((text) => text !== undefined).join('; ');
  if (report?.unpackError !== undefined) return TOO_BIG.test(unpack) ? unpack : undefined;
  if (!(error instanceof GitError)) return undefined;
  if (error.code === 'too-large') return error.message;
  const cut = error.code === 'connection' || error.code === 'timeout' || error.code === 'server-error';
  return cut && (packBytes >= BYTES_MIN || objects >= OBJECTS_MIN) ? error.message : undefined;
}
