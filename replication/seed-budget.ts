import { ReplicationError } from './errors.ts';

/** Of what a push is known to hold, so much is used: what a pack weighs is known only when it has been sent. */
const SHARE_OF_LIMIT = 0.7;
/** Bytes an object is taken to weigh until one step has shown it; more than most, so that the first step is a small one. */
const OBJECT_BYTES_GUESS = 2000;
/** Steps that fail one after the other, each smaller than the last, until the destination is given up. */
const FAILURES_MAX = 6;

/**
 * How much of a history one push may carry: learnt from the pushes that were too big and those that were not. What a pack weighs
 * is foretold from its number of objects, which is known before any of it is sent.
 */
export class SeedBudget {
  #limit: number;
  #objectBytes: number | undefined;
  #objectsMax = Number.POSITIVE_INFINITY;
  #failures = 0;

  /** @param limit bytes of pack that a push is known to hold, about. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that one push holds, for the next run. */
  get limit(): number {
    return this.#limit;
  }

  /** Objects that one push may carry; at least one. */
  get objects(): number {
    const bytes = this.#limit * SHARE_OF_LIMIT;
    return Math.max(1, Math.min(Math.floor(bytes / (this.#objectBytes ?? OBJECT_BYTES_GUESS)), this.#objectsMax));
  }

  fits(objects: number): boolean {
    return objects <= this.objects;
  }

  succeeded(bytes: number, objects: number): void {
    this.#failures = 0;
    if (objects === 0) return;
    const seen = bytes / objects;
    // Heavier than before counts at once, lighter by and by: a step too small costs little, one too big all that it carried.
    this.#objectBytes = this.#objectBytes === undefined ? seen : Math.max(seen, (this.#objectBytes + seen) / 2);
    this.#objectsMax = Number.POSITIVE_INFINITY;
  }

  /** @throws ReplicationError `quota`, if smaller and smaller steps have all failed. */
  failed(bytes: number, objects: number, why: string): void {
    this.#failures += 1;
    if (this.#failures >= FAILURES_MAX) {
      throw new ReplicationError(
        'quota',
        `the destination takes no push: the last of ${FAILURES_MAX}, each smaller than the one before, had ${objects} objects and failed with: ${why}`,
      );
    }
    if (bytes > 0) this.#limit = Math.max(1, Math.min(this.#limit, bytes));
    this.#objectsMax = Math.max(1, Math.floor(Math.min(objects, this.#objectsMax) / 2));
  }
}
