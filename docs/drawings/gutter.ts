import type { Edge } from './edges.ts';
import { type Chain, type Item, itemOf } from './rows.ts';

const GAP = 22;

/** An end that only unexpected errors lead to, with all edges to it. */
export interface Gutter {
  name: string;
  edges: Edge[];
}

/** Ends to which so many lines lead from everywhere that they would hide all others: these stand aside. */
export function guttersOf(edges: Edge[]): Gutter[] {
  const left = new Set(edges.map(({ from }) => from));
  return [...Map.groupBy(edges, ({ to }) => to)]
    .filter(([name, into]) => !left.has(name) && into.every(({ kind }) => kind === 'rest'))
    .map(([name, into]) => ({ name, edges: into }));
}

/** Puts the end left of all that is there, and a trunk over it that the line of each state joins. */
export function placeGutter({ edges }: Gutter, end: Item, rows: Item[][], boxes: Map<string, Item>): Chain[] {
  const leftOf = (items: Item[]): number => Math.min(...items.map(({ x, width }) => x - width / 2));
  while (rows.length <= end.row) rows.push([]);
  end.x = Math.min(leftOf(rows.flat()), leftOf(rows[end.row]!) - end.width / 2) - GAP;
  rows[end.row]!.unshift(end);
  const sorted = edges.toSorted((one, other) => boxes.get(one.from)!.row - boxes.get(other.from)!.row);
  const chains = sorted.map((edge): Chain => {
    const from = boxes.get(edge.from)!;
    const junction = { ...itemOf('bend', from.row + 1), x: end.x };
    return { edge, items: [from, junction], joins: true };
  });
  return [...chains, { edge: sorted[0]!, items: [chains[0]!.items[1]!, end], joins: false }];
}
