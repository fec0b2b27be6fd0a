import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RefName } from '../../git/ref.ts';
import { type Refs, readRefs } from '../support/oracle/refs.ts';

/** What a repository shows. */
export interface State {
  refs: Refs;
  /** The branch that HEAD names, whether it exists or not. */
  head: RefName;
}

export async function stateOf(path: string): Promise<State> {
  const [refs, head] = await Promise.all([readRefs(path), headOf(path)]);
  return { refs, head };
}

export async function headOf(path: string): Promise<RefName> {
  return (await readFile(join(path, 'HEAD'), 'latin1')).replace(/^ref: /, '').trim() as RefName;
}

/** Lock files, which would refuse every later push. */
export async function locksIn(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => name.endsWith('.lock'));
}

export const areEqual = (one: Refs, other: Refs): boolean =>
  one.size === other.size && [...one].every(([ref, oid]) => other.get(ref) === oid);
