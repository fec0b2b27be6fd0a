import type { Random } from './random.ts';

/** A parser, how inputs for it are made, and what must be true of whatever it answers. */
export interface Target {
  name: string;
  /** The parser's own files, from the project's folder: their blocks guide the search. */
  files: readonly string[];
  /** Where the search begins. */
  examples: readonly Buffer[];
  /** What the parser knows: pieces that mutations put in. */
  words: readonly string[];
  /** A new input by the grammar, right or nearly right. */
  generate(random: Random): Buffer;
  /** A change that keeps the outer form, so that what lies behind it is reached. */
  reshape(bytes: Buffer, random: Random): Buffer;
  /**
   * Gives the input to the parser and judges its answer: what kind of answer it was.
   *
   * @throws Finding
   */
  run(bytes: Buffer): string | Promise<string>;
}

/** Something that must never be. `claim` stays the same while the input is made smaller. */
export class Finding extends Error {
  override readonly name = 'Finding';
  readonly claim: string;

  constructor(claim: string, detail: string, options: { cause?: unknown } = {}) {
    super(`${claim}: ${detail}`, options);
    this.claim = claim;
  }
}
