import { createCipheriv, createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { ObjectFormat, Oid } from '../../../git/oid.ts';

export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag';

/** Where git looks for an object that is in no pack. */
export const loosePath = (path: string, oid: Oid): string => join(path, 'objects', oid.slice(0, 2), oid.slice(2));

/** Writes one object into a bare repository, as git would, and without a process. */
export async function writeObject(
  path: string,
  kind: ObjectKind,
  content: string | Buffer,
  format: ObjectFormat = 'sha1',
): Promise<Oid> {
  const body = Buffer.from(content);
  const bytes = Buffer.concat([Buffer.from(`${kind} ${body.length}\0`), body]);
  const oid = createHash(format).update(bytes).digest('hex') as Oid;
  await mkdir(join(path, 'objects', oid.slice(0, 2)), { recursive: true });
  await writeFile(loosePath(path, oid), deflateSync(bytes));
  return oid;
}

const BY = 'A U Thor <author@example.com> 1700000000 +0000';

/** A commit; the same for the same arguments. Its files are blobs in one folder. */
export async function writeCommit(
  path: string,
  commit: { message: string; parents?: readonly Oid[]; files?: Record<string, string | Buffer>; format?: ObjectFormat },
): Promise<Oid> {
  const { message, parents = [], files = { 'file.txt': `${message}\n` }, format } = commit;
  const entries: Buffer[] = [];
  for (const name of Object.keys(files).sort()) {
    const blob = await writeObject(path, 'blob', files[name] as string, format);
    entries.push(Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex'));
  }
  const tree = await writeObject(path, 'tree', Buffer.concat(entries), format);
  const lines = [`tree ${tree}`, ...parents.map((oid) => `parent ${oid}`), `author ${BY}`, `committer ${BY}`];
  return writeObject(path, 'commit', `${lines.join('\n')}\n\n${message}\n`, format);
}

/** Bytes that no compression makes fewer; the same for the same length. */
export const noise = (bytes: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes));

/** An annotated tag of any object. */
export const writeTag = (path: string, name: string, of: Oid, kind: ObjectKind): Promise<Oid> =>
  writeObject(path, 'tag', `object ${of}\ntype ${kind}\ntag ${name}\ntagger ${BY}\n\n${name}\n`);
