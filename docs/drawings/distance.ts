import type { Item } from './rows.ts';

const GAP = { box: 22, label: 10, bend: 12 } as const;

/** From the middle of an item to that of its neighbour on the right, at the least. */
export const distance = (left: Item, right: Item): number =>
  left.width / 2 + Math.max(GAP[left.kind], GAP[right.kind]) + right.width / 2;
