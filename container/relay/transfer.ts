import type { Oid } from '../../git/oid.ts';
import { checkedPack } from '../../git/protocol/pack-check.ts';
import type { PushReport } from '../../git/protocol/push-report.ts';
import { emptyPack } from '../../git/protocol/push-request.ts';
import type { GitRemote, OpenPack } from '../../git/remote.ts';
import type { PlannedHead } from '../../replication/plan.ts';
import type { Progress } from '../../replication/progress.ts';
import type { Sides } from './sides.ts';

/** Bytes and objects of the packs that a run has carried. */
export interface Carried {
  packBytes: number;
  objects: number;
}

/** Opens the source's pack of `wants`, thin against `haves`. It flows only when a push reads it. */
export function openPack(
  source: GitRemote,
  sides: Sides,
  wants: readonly Oid[],
  haves: readonly Oid[],
): Promise<OpenPack> {
  const { capabilities } = sides.destination;
  return source.fetch(
    {
      wants,
      haves,
      done: true,
      thin: haves.length > 0 && !capabilities.has('no-thin'),
      ofsDelta: capabilities.has('ofs-delta'),
    },
    sides.source,
  );
}

/** One push: the commands of `heads` with their old ids, and the pack if one is given. */
export async function push(
  destination: GitRemote,
  sides: Sides,
  heads: readonly PlannedHead[],
  pack: AsyncIterable<Buffer> | undefined,
  carried: Carried,
  onProgress: (progress: Progress) => void,
): Promise<PushReport | undefined> {
  const commands = heads.map(({ ref, old, new: next }) => ({ ref, old, new: next }));
  const creates = heads.some((head) => head.new !== undefined);
  const body = pack === undefined ? nothing(sides) : counted(pack, sides, carried, onProgress);
  return destination.push(commands, creates ? body : undefined, sides.destination);
}

/** A push that only moves refs still carries a pack, of no objects. */
async function* nothing(sides: Sides): AsyncGenerator<Buffer> {
  yield emptyPack(sides.destination.objectFormat);
}

async function* counted(
  pack: AsyncIterable<Buffer>,
  sides: Sides,
  carried: Carried,
  onProgress: (progress: Progress) => void,
): AsyncGenerator<Buffer> {
  const onHeader = (objects: number) => {
    carried.objects += objects;
  };
  for await (const chunk of checkedPack(pack, sides.source.objectFormat, onHeader)) {
    carried.packBytes += chunk.length;
    onProgress({ stage: 'transferring', ...carried });
    yield chunk;
  }
  onProgress({ stage: 'indexing', ...carried });
}
