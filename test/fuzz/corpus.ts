import { damage } from './bytes.ts';
import type { Random } from './random.ts';
import type { Target } from './target.ts';

/** Inputs that showed something new, from which others are made. */
const KEPT_MAX = 600;
const KEPT_BYTES_MAX = 4096;

export class Corpus {
  readonly #target: Target;
  readonly #random: Random;
  readonly #kept: Buffer[];
  /** By their bytes, so that none is kept twice. */
  readonly #known = new Set<string>();

  constructor(target: Target, random: Random) {
    this.#target = target;
    this.#random = random;
    this.#kept = [...target.examples];
  }

  get size(): number {
    return this.#kept.length;
  }

  /** The next input: a new one by the grammar, or one that was kept, changed. */
  next(): Buffer {
    const [target, random] = [this.#target, this.#random];
    if (random.oneIn(5)) return target.generate(random);
    let bytes = random.pick(this.#kept);
    if (random.oneIn(2)) {
      bytes = target.reshape(bytes, random);
      if (!random.oneIn(4)) return bytes;
    }
    return damage(bytes, random, target.words, this.#kept);
  }

  keep(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    if (bytes.length > KEPT_BYTES_MAX || this.#known.has(text)) return;
    // A copy in memory of its own: a view would keep all that it was cut from.
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(copy);
    if (this.#kept.length < KEPT_MAX) this.#kept.push(copy);
    else {
      const place = this.#target.examples.length + this.#random.below(KEPT_MAX - this.#target.examples.length);
      this.#known.delete((this.#kept[place] as Buffer).toString('latin1'));
      this.#kept[place] = copy;
    }
    this.#known.add(text);
  }
}
