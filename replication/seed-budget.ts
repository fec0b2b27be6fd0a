import { ReplicationError } from './errors.ts';

/** What a destination is known to take: bytes of pack that one push has brought through, and bytes at which one failed. */
export interface Bounds {
  took: number;
  failed: number;
}

/** A push that failed had sent more than arrived (buffers on the way), so only a part of that is tried again. */
const SHARE_OF_FAILED = 0.25;
/** The first step, which shows what an object weighs, has so many of the objects that are to be brought. */
const SHARE_AT_FIRST = 1 / 64;
/** Steps grow so fast at the most: one that is too big then wastes no more than twice what would have gone. */
const GROWTH = 2;
/** Steps that fail one after the other, each smaller than the last, until the destination is given up. */
const FAILURES_MAX = 6;

/**
 * How much of a history one push may carry: learnt from the pushes that were too big and those that were not. What a pack weighs
 * is foretold from its number of objects, which is known before any of it is sent.
 */
export class SeedBudget {
  #bounds: Bounds;
  #objectBytes: number | undefined;
  #objectsAtFirst = 0;
  #objectsMax = Number.POSITIVE_INFINITY;
  #failures = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** What the next run should know. */
  get bounds(): Bounds {
    return this.#bounds;
  }

  /** Objects that one push may carry; at least one. */
  get objects(): number {
    const { took, failed } = this.#bounds;
    if (this.#objectBytes === undefined) return Math.max(1, Math.min(this.#objectsAtFirst, this.#objectsMax));
    const bytes = Math.max(took, Math.min(took * GROWTH, failed * SHARE_OF_FAILED));
    return Math.max(1, Math.min(Math.floor(bytes / this.#objectBytes), this.#objectsMax));
  }

  /** Whether a pack of so many objects may be pushed at once. The first that is asked about is taken for all that there is. */
  fits(objects: number): boolean {
    if (this.#objectsAtFirst === 0) this.#objectsAtFirst = Math.ceil(objects * SHARE_AT_FIRST);
    return objects <= this.objects;
  }

  succeeded(bytes: number, objects: number): void {
    this.#failures = 0;
    this.#objectsMax = Number.POSITIVE_INFINITY;
    if (objects === 0) return;
    const { took, failed } = this.#bounds;
    this.#bounds = { took: Math.max(took, bytes), failed: Math.max(failed, bytes) };
    const seen = bytes / objects;
    // Heavier than before counts at once, lighter by and by: a step too small costs little, one too big all that it carried.
    this.#objectBytes = this.#objectBytes === undefined ? seen : Math.max(seen, (this.#objectBytes + seen) / 2);
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
    const { took, failed } = this.#bounds;
    // What failed before it had sent what went through once failed for another reason.
    if (bytes > took) this.#bounds = { took, failed: Math.min(failed, bytes) };
    this.#objectsMax = Math.max(1, Math.floor(Math.min(objects, this.#objectsMax) / 2));
  }
}
