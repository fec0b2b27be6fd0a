import type { Oid } from '../oid.ts';
import { encodePktLine, FLUSH } from '../pkt-line/encode.ts';
import type { Advertisement } from './advertisement.ts';

/** What we ask a source's upload-pack for. */
export interface UploadRequest {
  /** Objects whose history we want; at least one. */
  wants: readonly Oid[];
  /** Objects that the destination has with all their history. */
  haves: readonly Oid[];
  /** Without `done` upload-pack only says which haves it knows, and sends no pack. */
  done: boolean;
  /** Deltas against objects that are not in the pack: smaller, but the destination must have the bases. */
  thin: boolean;
  /** Deltas by offset: only where the destination's receive-pack offers it too (CodeCommit refuses them). */
  ofsDelta: boolean;
  /** Also list the commits so many steps below the wants (the wants themselves are at 1). Needs the capability `shallow`. */
  depth?: number;
}

/** The body of `POST …/git-upload-pack`; names only capabilities that the server advertised. */
export function encodeUploadRequest(request: UploadRequest, advertised: Advertisement): Buffer {
  const [first, ...others] = request.wants;
  if (first === undefined) throw new RangeError('an upload-pack request needs at least one want');
  const words = advertised.capabilities.choose('multi_ack_detailed', 'side-band-64k');
  if (!words.includes('side-band-64k')) words.push(...advertised.capabilities.choose('side-band'));
  if (request.thin) words.push(...advertised.capabilities.choose('thin-pack'));
  if (request.ofsDelta) words.push(...advertised.capabilities.choose('ofs-delta'));
  if (request.depth !== undefined) words.push(...advertised.capabilities.choose('shallow'));
  words.push(...advertised.capabilities.choose(`object-format=${advertised.objectFormat}`));
  return Buffer.concat([
    encodePktLine(`${[`want ${first}`, ...words].join(' ')}\n`),
    ...others.map((oid) => encodePktLine(`want ${oid}\n`)),
    ...(request.depth === undefined ? [] : [encodePktLine(`deepen ${request.depth}\n`)]),
    FLUSH,
    ...request.haves.map((oid) => encodePktLine(`have ${oid}\n`)),
    // v0 over HTTP ends a round of haves with a flush, and the last one with "done".
    request.done ? encodePktLine('done\n') : FLUSH,
  ]);
}
