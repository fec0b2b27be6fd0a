/** A middle value, and between which values the middle half lies. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** @throws Error without values */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('no values: expected at least one');
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** How many times the one is the other, round by round: what disturbs a whole round disturbs both. Rounds in which both are 0 are 1. */
export function ratios(of: readonly number[], to: readonly number[]): Spread {
  if (of.length !== to.length) throw new Error(`${of.length} rounds of the one, ${to.length} of the other`);
  return spreadOf(of.map((value, round) => (value === to[round] ? 1 : value / (to[round] as number))));
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}
