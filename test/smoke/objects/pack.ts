import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { GitObject, ObjectType } from './object.ts';

/** An object as a pack holds it: whole, or as what is to be added to the end of another, named by its id or by where it stands. */
export type Entry = GitObject | { delta: 'by-id' | 'by-offset'; base: GitObject; object: GitObject };

const TYPES: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3, tag: 4 };
const OFS_DELTA = 6;
const REF_DELTA = 7;

/** A pack of version 2 (gitformat-pack). A base by offset must stand before its delta. */
export function packOf(entries: readonly Entry[]): Buffer {
  const parts = [packHeader(entries.length)];
  const offsets = new Map<string, number>();
  let at = parts[0]?.length ?? 0;
  for (const entry of entries) {
    const { oid } = 'delta' in entry ? entry.object : entry;
    offsets.set(oid, at);
    const bytes = 'delta' in entry ? deltaEntry(entry, at, offsets) : wholeEntry(entry);
    parts.push(bytes);
    at += bytes.length;
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

export function packHeader(objects: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects, 8);
  return header;
}

export const wholeEntry = ({ type, body }: GitObject, level?: number): Buffer =>
  Buffer.concat([entryHeader(TYPES[type], body.length), deflateSync(body, { level })]);

function deltaEntry(
  { delta, base, object }: Extract<Entry, { delta: string }>,
  at: number,
  offsets: ReadonlyMap<string, number>,
): Buffer {
  const script = appending(base.body, object.body);
  const found = offsets.get(base.oid);
  if (delta === 'by-offset' && found === undefined)
    throw new RangeError('the base of an offset delta must stand before it');
  const reference = delta === 'by-id' ? Buffer.from(base.oid, 'hex') : distance(at - (found as number));
  const type = delta === 'by-id' ? REF_DELTA : OFS_DELTA;
  return Buffer.concat([entryHeader(type, script.length), reference, deflateSync(script)]);
}

/** The delta that copies a base and adds what follows it: up to 64 KiB, and up to 127 bytes. */
function appending(base: Buffer, whole: Buffer): Buffer {
  const added = whole.subarray(base.length);
  if (
    base.length > 0xffff ||
    added.length === 0 ||
    added.length > 127 ||
    !whole.subarray(0, base.length).equals(base)
  ) {
    throw new RangeError('a delta here adds 1 to 127 bytes to a base of up to 65535');
  }
  const copy = Buffer.from([0x80 | 0x10 | 0x20, base.length & 0xff, base.length >> 8]);
  return Buffer.concat([sizeBytes(base.length), sizeBytes(whole.length), copy, Buffer.from([added.length]), added]);
}

/** Type, and size in 4 and then 7 bits a byte. */
function entryHeader(type: number, size: number): Buffer {
  const rest = Math.floor(size / 16);
  const first = (type << 4) | (size & 0x0f);
  return rest === 0 ? Buffer.from([first]) : Buffer.concat([Buffer.from([first | 0x80]), sizeBytes(rest)]);
}

/** The low 7 bits first. */
function sizeBytes(size: number): Buffer {
  const bytes: number[] = [];
  for (let left = size; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left & 0x7f) | 0x80);
  }
}

/** How far back a base stands: the high 7 bits first, each further byte counting from one more. */
function distance(back: number): Buffer {
  const bytes = [back & 0x7f];
  for (let left = back >> 7; left > 0; left >>= 7) {
    left -= 1;
    bytes.unshift((left & 0x7f) | 0x80);
  }
  return Buffer.from(bytes);
}
