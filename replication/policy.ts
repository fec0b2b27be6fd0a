import { DEFAULT_REFS } from './heads.ts';

/** What a replica's owner decides; every field has a safe default. */
export interface Policy {
  /** Refs to replicate: exact names, or prefixes that end in `*`. */
  refs: readonly string[];
  /** A head that is gone at the source: delete it at the destination too (`mirror`), or leave it there (`keep`). */
  deletes: 'mirror' | 'keep';
  /**
   * A head that moved to something that is not its descendant: follow it (`mirror`), follow it and keep the old tip under a ref
   * of its own (`archive`), or leave it (`refuse`).
   */
  rewrites: 'mirror' | 'archive' | 'refuse';
  /** Deletions and rewrites of one run that need a person's word: above this share of the destination's heads, and so many. */
  massChange: { percent: number; heads: number };
}

export const DEFAULT_POLICY: Policy = {
  refs: DEFAULT_REFS,
  deletes: 'mirror',
  rewrites: 'mirror',
  massChange: { percent: 20, heads: 10 },
};
