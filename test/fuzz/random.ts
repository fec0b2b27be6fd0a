import { randomNumbers } from '../support/seed.ts';

/** Choices that the same seed makes again. */
export interface Random {
  below(count: number): number;
  /** True once in so many times. */
  oneIn(count: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** So many of what `make` makes: small numbers more often. */
  some<T>(most: number, make: (index: number) => T): T[];
}

export function random(seed: number): Random {
  const below = randomNumbers(seed);
  return {
    below,
    oneIn: (count) => below(count) === 0,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    some: (most, make) => Array.from({ length: below(below(most + 1) + 1) }, (_, index) => make(index)),
  };
}

/** A number that the bytes themselves decide: what is chosen by it is the same when an input is tried again. */
export function seedOf(bytes: Buffer): number {
  // FNV-1a
  let hash = 0x811c9dc5 ^ bytes.length;
  const step = 1 + (bytes.length >> 9);
  for (let at = 0; at < bytes.length; at += step) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash >>> 0;
}
