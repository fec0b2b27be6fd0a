import type { Oid } from '../../../git/oid.ts';
import { blob, commit, type GitObject, tree } from './object.ts';

/** A commit with all that is new in it. */
export interface Change {
  tip: Oid;
  file: GitObject;
  objects: GitObject[];
}

/** A commit of one file, `file.txt`, whose content no other commit has. */
export function changeOf(content: string | Buffer, parents: readonly Oid[], message: string): Change {
  const file = blob(content);
  const root = tree({ 'file.txt': file });
  const made = commit(root, parents, message);
  return { tip: made.oid, file, objects: [made, root, file] };
}
