import { GitError } from '../errors.ts';
import type { Oid } from '../oid.ts';
import type { PktLineReader } from '../pkt-line/reader.ts';
import { printable } from '../ref.ts';
import type { Advertisement } from './advertisement.ts';
import { readSideBand } from './side-band.ts';

/** The answer of upload-pack to a request with `done`: what it knows, then the pack. */
export interface UploadAnswer {
  /** The haves that the server has too. Complete only if it offers `multi_ack_detailed`. */
  common: Set<Oid>;
  /** The pack, to be read once, to its end. */
  pack: AsyncGenerator<Buffer>;
}

const ACK = /^ACK ([0-9a-f]{40}|[0-9a-f]{64})(?: (common|ready|continue))?$/;

/**
 * Reads ACK/NAK lines up to the one that ends them. `ACK oid common` names a have that the server has; `ready` may name one
 * that it does not have (measured with git 2.39), so it counts for nothing.
 */
export async function readAcknowledgements(reader: PktLineReader): Promise<Set<Oid>> {
  const common = new Set<Oid>();
  for (;;) {
    const line = await reader.line('ACK or NAK');
    if (line === 'NAK') return common;
    const [, oid, status] = ACK.exec(line ?? '') ?? [];
    if (oid === undefined) throw new GitError('protocol', `expected ACK or NAK, got "${printable(line ?? 'a flush')}"`);
    if (status === 'common' || status === undefined) common.add(oid as Oid);
    if (status === undefined) return common;
  }
}

/** The `shallow` lines that answer a `deepen`, up to their flush: the commits at that depth. */
export async function readShallowCommits(reader: PktLineReader): Promise<Oid[]> {
  const commits: Oid[] = [];
  for (;;) {
    const line = await reader.line('the commits at a depth');
    if (line === null) return commits;
    const [, word, oid] = /^(shallow|unshallow) ([0-9a-f]{40}|[0-9a-f]{64})$/.exec(line) ?? [];
    if (oid === undefined) throw new GitError('protocol', `expected "shallow OID", got "${printable(line)}"`);
    if (word === 'shallow') commits.push(oid as Oid);
  }
}

/** git's words, and JGit's, for a want that no ref reaches, or none any more: the source has moved since it was read. */
export const isUnreachedWant = (error: GitError): boolean =>
  error.code === 'remote-error' && /not our ref|want [0-9a-f]+ not valid/.test(error.message);

export async function readUploadAnswer(
  reader: PktLineReader,
  advertised: Advertisement,
  onProgress: (text: string) => void,
): Promise<UploadAnswer> {
  const common = await readAcknowledgements(reader);
  const banded = advertised.capabilities.has('side-band-64k') || advertised.capabilities.has('side-band');
  return { common, pack: banded ? readSideBand(reader, onProgress) : reader.rest() };
}
