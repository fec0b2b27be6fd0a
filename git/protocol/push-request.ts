import { createHash } from 'node:crypto';
import { type ObjectFormat, type Oid, zeroOid } from '../oid.ts';
import { encodePktLine, FLUSH } from '../pkt-line/encode.ts';
import type { RefName } from '../ref.ts';
import type { Advertisement } from './advertisement.ts';

/** One ref to move, only if it still stands at `old`: the only lock there is (CodeCommit has no `atomic`). */
export interface PushCommand {
  ref: RefName;
  /** Absent: the ref must not exist yet. */
  old: Oid | undefined;
  /** Absent: the ref is deleted. */
  new: Oid | undefined;
}

/** Whether a server's receive-pack takes commands without a new id. */
export const takesDeletes = (advertised: Advertisement): boolean => advertised.capabilities.has('delete-refs');

/** What stands before the pack in `POST …/git-receive-pack`; names only capabilities that the server advertised. */
export function encodePushCommands(commands: readonly PushCommand[], advertised: Advertisement): Buffer {
  const zero = zeroOid(advertised.objectFormat);
  const words = advertised.capabilities.choose(
    'report-status',
    'side-band-64k',
    `object-format=${advertised.objectFormat}`,
  );
  const lines = commands.map(({ ref, old, new: next }, index) => {
    const command = `${old ?? zero} ${next ?? zero} ${ref}`;
    return encodePktLine(index === 0 ? `${command}\0 ${words.join(' ')}` : command);
  });
  return Buffer.concat([...lines, FLUSH]);
}

/** A pack of no objects: a push that creates or updates must carry one, even if the objects are all there already. */
export function emptyPack(format: ObjectFormat): Buffer {
  const header = Buffer.from('5041434b0000000200000000', 'hex');
  return Buffer.concat([header, createHash(format).update(header).digest()]);
}
