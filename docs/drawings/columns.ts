import { distance } from './distance.ts';
import type { Item, Link } from './rows.ts';

const ROUNDS = 60;
/** How much wider than its widest row a drawing may be so that lines are straight. */
const SPARE = 1.15;
/** Long lines must be straight, whatever that asks of boxes. */
const STRAIGHTNESS = { box: 1, label: 2, bend: 8 } as const;

/** Gives every item of the ordered rows its place from left to right: near what it is linked with, and lines straight. */
export function placeColumns(rows: Item[][]): void {
  const width = SPARE * Math.max(...rows.map((row) => offsetsOf(row).at(-1) ?? 0));
  for (const row of rows) for (const [index, offset] of offsetsOf(row).entries()) row[index]!.x = offset;
  let best = rows.map((row) => row.map(({ x }) => x));
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const upwards = round % 2 === 1;
    const both = round > ROUNDS / 2;
    for (const row of upwards ? rows.toReversed() : rows) {
      placeRow(row, width, (item) => (both ? [...item.above, ...item.below] : upwards ? item.below : item.above));
    }
    const slant = slantOf(rows);
    if (slant < least) [best, least] = [rows.map((row) => row.map(({ x }) => x)), slant];
  }
  for (const [index, row] of rows.entries()) for (const [at, item] of row.entries()) item.x = best[index]![at]!;
}

/** Who asks most is placed first; others as near as these leave room. */
function placeRow(row: Item[], width: number, linksOf: (item: Item) => Link[]): void {
  const offsets = offsetsOf(row);
  const wishes = row.map((item, index) => {
    const links = linksOf(item).map(({ item: other, weight }) => ({
      x: other.x,
      weight: weight * STRAIGHTNESS[item.kind] * STRAIGHTNESS[other.kind],
    }));
    return { index, x: median(links) ?? item.x, asks: links.reduce((sum, { weight }) => sum + weight, 0) };
  });
  const placed: number[] = [];
  for (const { index, x } of wishes.toSorted((one, other) => other.asks - one.asks || one.index - other.index)) {
    const left = placed.filter((at) => at < index).at(-1);
    const right = placed.find((at) => at > index);
    const from = left === undefined ? offsets[index]! : row[left]!.x + offsets[index]! - offsets[left]!;
    const to = (right === undefined ? width - offsets.at(-1)! : row[right]!.x - offsets[right]!) + offsets[index]!;
    row[index]!.x = Math.min(Math.max(x, from), to);
    placed.push(index);
    placed.sort((one, other) => one - other);
  }
}

/** Where the items of a row are when it is packed. */
function offsetsOf(row: Item[]): number[] {
  const offsets: number[] = [];
  for (const [index, item] of row.entries()) {
    offsets.push(index === 0 ? item.width / 2 : offsets[index - 1]! + distance(row[index - 1]!, item));
  }
  return offsets;
}

/** The weighted median; between two that are as good, the middle. */
function median(values: { x: number; weight: number }[]): number | undefined {
  const sorted = values.toSorted((one, other) => one.x - other.x);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const [index, { x, weight }] of sorted.entries()) {
    sum += weight;
    if (sum > half) return x;
    if (sum === half) return (x + (sorted[index + 1]?.x ?? x)) / 2;
  }
  return undefined;
}

/** How far all lines go sideways. */
const slantOf = (rows: Item[][]): number =>
  rows
    .flat()
    .reduce(
      (sum, item) =>
        sum +
        item.below.reduce(
          (own, { item: other, weight }) =>
            own + weight * STRAIGHTNESS[item.kind] * STRAIGHTNESS[other.kind] * Math.abs(item.x - other.x),
          0,
        ),
      0,
    );
