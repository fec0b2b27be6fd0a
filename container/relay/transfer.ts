import { GitError } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import { checkedPack } from '../../git/protocol/pack-check.ts';
import { weighPack } from '../../git/protocol/pack-header.ts';
import type { PushReport } from '../../git/protocol/push-report.ts';
import { emptyPack } from '../../git/protocol/push-request.ts';
import type { PlannedHead } from '../../replication/plan.ts';
import type { Context } from './context.ts';
import type { Sides } from './sides.ts';

/** A pack that waits at the source: what it will bring is known, and none of it has been carried. */
export interface WaitingPack {
  wants: ReadonlySet<Oid>;
  objects: number;
  chunks: AsyncIterable<Buffer>;
  /** Whether it relies on objects that the destination must have. */
  thin: boolean;
  /** The haves that the source knows, if it says so. */
  common: ReadonlySet<Oid>;
  cancel: () => void;
}

/** Opens the source's pack of `wants`, thin against `haves`. It flows only when a push reads it. */
export async function openPack(
  { source }: Context,
  sides: Pick<Sides, 'source' | 'destination'>,
  wants: readonly Oid[],
  haves: readonly Oid[],
): Promise<WaitingPack> {
  const { capabilities } = sides.destination;
  const thin = haves.length > 0 && !capabilities.has('no-thin');
  const ofsDelta = capabilities.has('ofs-delta');
  const { common, pack, cancel } = await source.fetch({ wants, haves, done: true, thin, ofsDelta }, sides.source);
  try {
    const { objects, chunks } = await weighPack(pack);
    return { wants: new Set(wants), objects, chunks, thin: haves.length > 0, common, cancel };
  } catch (error) {
    cancel();
    throw sayingWhose(error, source.where);
  }
}

/** What is wrong with a pack is found out here, and says nothing of where it came from. */
function sayingWhose(error: unknown, where: string): unknown {
  if (!(error instanceof GitError) || error.message.startsWith(where)) return error;
  return new GitError(error.code, `${where}: ${error.message}`, { cause: error });
}

/** What became of a push, whichever way it ended. */
export interface Pushed {
  report: PushReport | undefined;
  /** What broke it off; the destination may have taken it all the same. */
  error: unknown;
  /** True if it was the source that failed. */
  sourceFailed: boolean;
  /** Of the pack: bytes that were sent, objects that it announced. */
  packBytes: number;
  objects: number;
}

/** One push: the commands of `heads` with their old ids, and the pack if one is given. It does not throw. */
export async function push(
  context: Context,
  advertised: Advertisement,
  heads: readonly PlannedHead[],
  pack: WaitingPack | undefined,
): Promise<Pushed> {
  const { destination } = context;
  const commands = heads.map(({ ref, old, new: next }) => ({ ref, old, new: next }));
  const creates = heads.some((head) => head.new !== undefined);
  const pushed: Pushed = { report: undefined, error: undefined, sourceFailed: false, packBytes: 0, objects: 0 };
  const body = pack === undefined ? nothing(advertised) : carried(context, advertised, pack, pushed);
  try {
    pushed.report = await destination.push(commands, creates ? body : undefined, advertised);
  } catch (error) {
    pushed.error = error;
  } finally {
    pack?.cancel();
  }
  return pushed;
}

/** A push that only moves refs still carries a pack, of no objects. */
async function* nothing({ objectFormat }: Advertisement): AsyncGenerator<Buffer> {
  yield emptyPack(objectFormat);
}

async function* carried(
  { total, progress, source, destination, pushMs, now }: Context,
  { objectFormat }: Advertisement,
  pack: WaitingPack,
  pushed: Pushed,
): AsyncGenerator<Buffer> {
  const end = now() + pushMs;
  const onHeader = (objects: number) => {
    pushed.objects = objects;
    total.objects += objects;
  };
  const chunks = checkedPack(pack.chunks, objectFormat, onHeader);
  for (;;) {
    let next: IteratorResult<Buffer>;
    try {
      next = await chunks.next();
    } catch (error) {
      pushed.sourceFailed = true;
      throw sayingWhose(error, source.where);
    }
    if (next.done) break;
    if (now() > end)
      throw new GitError('timeout', `${destination.where}: the push did not end within ${Math.round(pushMs / 1000)} s`);
    pushed.packBytes += next.value.length;
    total.packBytes += next.value.length;
    progress('transferring');
    yield next.value;
  }
  progress('indexing');
}
