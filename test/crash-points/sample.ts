import { type Counts, KINDS, type Kind, type Point, SOCKET_KINDS } from './boundaries.ts';

/** A point of the plan with this name. */
export interface PlanPoint extends Point {
  plan: string;
}

/** Awaits of each plan that are tried where no number of points is given. */
const AWAITS_OF_A_PLAN = 40;
/** Of a sample too small for all boundaries of sockets, so many are of sockets. */
const SHARE_OF_SOCKETS = 0.75;

/**
 * Which boundaries are tried: those of sockets first, because nothing else reaches the outside; of the others a sample. A sample goes
 * round the plans, so that each has its share.
 */
export function choosePoints(
  counts: ReadonlyMap<string, Counts>,
  wanted: number | undefined,
  random: (below: number) => number,
): PlanPoint[] {
  const sockets = pointsOf(counts, SOCKET_KINDS);
  const others = pointsOf(
    counts,
    KINDS.filter((kind) => !(SOCKET_KINDS as readonly Kind[]).includes(kind)),
  );
  const all = wanted ?? sockets.length + AWAITS_OF_A_PLAN * counts.size;
  const ofSockets = all < sockets.length ? Math.ceil(all * SHARE_OF_SOCKETS) : sockets.length;
  const chosen = [...roundThePlans(sockets, ofSockets, random), ...roundThePlans(others, all - ofSockets, random)];
  const order = [...counts.keys()];
  return chosen.sort((one, other) => order.indexOf(one.plan) - order.indexOf(other.plan));
}

const pointsOf = (counts: ReadonlyMap<string, Counts>, kinds: readonly Kind[]): PlanPoint[] =>
  [...counts].flatMap(([plan, of]) =>
    kinds.flatMap((kind) => Array.from({ length: of[kind] }, (_, index) => ({ plan, kind, n: index + 1 }))),
  );

function roundThePlans(points: readonly PlanPoint[], wanted: number, random: (below: number) => number): PlanPoint[] {
  const plans = [...Map.groupBy(points, ({ plan }) => plan).values()].map((of) => shuffled(of, random));
  const chosen: PlanPoint[] = [];
  for (let round = 0; chosen.length < Math.min(wanted, points.length); round++) {
    for (const of of plans) {
      const point = of[round];
      if (point !== undefined && chosen.length < wanted) chosen.push(point);
    }
  }
  return chosen;
}

/** The same in an order by chance. */
export function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at--) {
    const other = random(at + 1);
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}
