import type { Item, Link } from './rows.ts';

const ROUNDS = 24;

/** Orders each row so that few lines cross: every item towards the middle of what it is linked with, then neighbours by trial. */
export function ordered(rows: Item[][]): Item[][] {
  let best = rows;
  let fewest = Number.POSITIVE_INFINITY;
  for (let order of [firstOrder(rows, false), firstOrder(rows, true)]) {
    for (let round = 0; round < ROUNDS; round += 1) {
      order = exchanged(swept(order, round % 2 === 1));
      const crossings = crossingsOf(order);
      if (crossings < fewest) [best, fewest] = [order, crossings];
    }
  }
  return best;
}

/** As one comes upon them, going on from item to item. */
function firstOrder(rows: Item[][], lastFirst: boolean): Item[][] {
  const seen = new Set<Item>();
  const visit = (item: Item): void => {
    if (seen.has(item)) return;
    seen.add(item);
    for (const { item: next } of lastFirst ? item.below.toReversed() : item.below) visit(next);
  };
  for (const item of rows.flat()) visit(item);
  const found = [...seen];
  return rows.map((_, index) => found.filter(({ row }) => row === index));
}

function swept(rows: Item[][], upwards: boolean): Item[][] {
  const order = rows.map((row) => [...row]);
  const indexes = [...order.keys()];
  for (const index of upwards ? indexes.reverse() : indexes) {
    const fixed = placesOf(order[index + (upwards ? 1 : -1)] ?? []);
    const row = order[index]!;
    const own = placesOf(row);
    const wish = new Map(
      row.map((item) => [item, meanPlace(upwards ? item.below : item.above, fixed) ?? own.get(item)!]),
    );
    row.sort((one, other) => wish.get(one)! - wish.get(other)! || own.get(one)! - own.get(other)!);
  }
  return order;
}

const placesOf = (row: Item[]): Map<Item, number> => new Map(row.map((item, index) => [item, index]));

function meanPlace(links: Link[], places: Map<Item, number>): number | undefined {
  const weight = links.reduce((sum, link) => sum + link.weight, 0);
  if (weight === 0) return undefined;
  return links.reduce((sum, link) => sum + link.weight * places.get(link.item)!, 0) / weight;
}

/** Exchanges neighbours as long as that makes fewer crossings. */
function exchanged(rows: Item[][]): Item[][] {
  const places = placesOf([]);
  for (const row of rows) for (const [index, item] of row.entries()) places.set(item, index);
  for (let better = true; better; ) {
    better = false;
    for (const row of rows) {
      for (let index = 0; index + 1 < row.length; index += 1) {
        const [left, right] = [row[index]!, row[index + 1]!];
        const gain =
          crossings(left.above, right.above, places) +
          crossings(left.below, right.below, places) -
          crossings(right.above, left.above, places) -
          crossings(right.below, left.below, places);
        if (gain <= 0) continue;
        [row[index], row[index + 1]] = [right, left];
        places.set(right, index).set(left, index + 1);
        better = true;
      }
    }
  }
  return rows;
}

/** How much the links of an item cross those of another right of it. */
function crossings(left: Link[], right: Link[], places: Map<Item, number>): number {
  let sum = 0;
  for (const one of left) {
    for (const other of right) if (places.get(one.item)! > places.get(other.item)!) sum += one.weight * other.weight;
  }
  return sum;
}

function crossingsOf(rows: Item[][]): number {
  let sum = 0;
  for (const [index, row] of rows.entries()) {
    const places = placesOf(rows[index + 1] ?? []);
    for (const [at, item] of row.entries()) {
      for (const right of row.slice(at + 1)) sum += crossings(item.below, right.below, places);
    }
  }
  return sum;
}
