import type { Edge } from './edges.ts';
import { labelSize } from './labels.ts';

/** Something that takes room in a row: a box, a label, or the place where a line passes. */
export interface Item {
  kind: 'box' | 'label' | 'bend';
  row: number;
  width: number;
  height: number;
  /** The middle. */
  x: number;
  above: Link[];
  below: Link[];
}

export interface Link {
  item: Item;
  weight: number;
}

/** An edge, row by row from its start to its end. */
export interface Chain {
  edge: Edge;
  items: Item[];
  /** It does not reach the edge's end itself, but joins another line that does. */
  joins: boolean;
}

export interface Size {
  width: number;
  height: number;
}

/** How much an edge asks to be straight and crossed by no other. */
const WEIGHT = { next: 4, caught: 2, rest: 1 } as const;
const NOTHING: Size = { width: 0, height: 0 };

export const itemOf = (kind: Item['kind'], row: number, { width, height }: Size = NOTHING): Item => ({
  kind,
  row,
  width,
  height,
  x: 0,
  above: [],
  below: [],
});

/** The items of an edge, linked one with the next. A label stands right where the edge starts. */
export function chainOf(edge: Edge, start: Item, end: Item): Chain {
  const step = Math.sign(end.row - start.row);
  const items = [start];
  for (let row = start.row + step; row !== end.row; row += step) {
    const labelled = items.length === 1 && edge.label.length > 0;
    items.push(labelled ? itemOf('label', row, labelSize(edge.label)) : itemOf('bend', row));
  }
  items.push(end);
  const down = step > 0 ? items : items.toReversed();
  for (const [index, lower] of down.slice(1).entries()) {
    const upper = down[index]!;
    upper.below.push({ item: lower, weight: WEIGHT[edge.kind] });
    lower.above.push({ item: upper, weight: WEIGHT[edge.kind] });
  }
  return { edge, items, joins: false };
}

export function rowsOf(items: Iterable<Item>): Item[][] {
  const rows: Item[][] = [];
  for (const item of new Set(items)) {
    rows[item.row] ??= [];
    rows[item.row]!.push(item);
  }
  return Array.from(rows, (row) => row ?? []);
}
