import { createHash } from 'node:crypto';
import type { Oid } from '../../../git/oid.ts';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** A git object in memory: nothing here needs a clone, or git. */
export interface GitObject {
  type: ObjectType;
  body: Buffer;
  oid: Oid;
}

export function gitObject(type: ObjectType, body: Buffer): GitObject {
  const oid = createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex') as Oid;
  return { type, body, oid };
}

export const blob = (content: string | Buffer): GitObject => gitObject('blob', Buffer.from(content));

/** A tree of files and folders by name. git sorts a folder as if its name ended in a slash. */
export function tree(entries: Readonly<Record<string, GitObject>>): GitObject {
  const sorted = Object.entries(entries)
    .map(([name, object]) => ({ name, object, key: Buffer.from(object.type === 'tree' ? `${name}/` : name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const lines = sorted.flatMap(({ name, object }) => [
    Buffer.from(`${object.type === 'tree' ? '40000' : '100644'} ${name}\0`),
    Buffer.from(object.oid, 'hex'),
  ]);
  return gitObject('tree', Buffer.concat(lines));
}

/** Who made it: nobody, at a fixed time, so that the same content is the same object. */
const SIGNATURE = 'ccrepl smoke <smoke@example.com> 1700000000 +0000';

export function commit(root: GitObject, parents: readonly Oid[], message: string): GitObject {
  const head = [`tree ${root.oid}`, ...parents.map((oid) => `parent ${oid}`)];
  const text = [...head, `author ${SIGNATURE}`, `committer ${SIGNATURE}`, '', message, ''].join('\n');
  return gitObject('commit', Buffer.from(text));
}

/** An annotated tag of a commit. */
export function tag(name: string, of: Oid): GitObject {
  const text = [`object ${of}`, 'type commit', `tag ${name}`, `tagger ${SIGNATURE}`, '', name, ''].join('\n');
  return gitObject('tag', Buffer.from(text));
}
