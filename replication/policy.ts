import { DEFAULT_REFS } from './heads.ts';

/** What a replica's owner decides; every field has a safe default. */
export interface Policy {
  /** Refs to replicate: exact names, or prefixes that end in `*`. */
  refs: readonly string[];
  /** A head that is gone at the source: delete it at the destination too (`mirror`), or leave it there (`keep`). */
  deletes: 'mirror' | 'keep';
}

export const DEFAULT_POLICY: Policy = { refs: DEFAULT_REFS, deletes: 'mirror' };
