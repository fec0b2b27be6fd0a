import { distance } from './distance.ts';
import type { Chain, Item } from './rows.ts';

const ROUNDS = 12;

/** Takes the stairs out of long lines: each becomes as few straight pieces as what stands beside it allows. */
export function straighten(rows: Item[][], chains: Chain[]): void {
  const beside = new Map<Item, { left: Item | undefined; right: Item | undefined }>();
  for (const row of rows) {
    for (const [index, item] of row.entries()) beside.set(item, { left: row[index - 1], right: row[index + 1] });
  }
  const roomOf = (item: Item): Room => {
    const { left, right } = beside.get(item)!;
    return {
      from: left === undefined ? Number.NEGATIVE_INFINITY : left.x + distance(left, item),
      to: right === undefined ? Number.POSITIVE_INFINITY : right.x - distance(item, right),
    };
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { items } of round % 2 === 0 ? chains : chains.toReversed()) {
      for (const piece of piecesOf(
        items.filter(({ kind }) => kind !== 'box'),
        roomOf,
      ))
        align(piece);
    }
  }
}

interface Room {
  from: number;
  to: number;
}

interface Piece extends Room {
  items: Item[];
}

/** Each piece as long as there is a place that is free in all its rows. */
function piecesOf(items: Item[], roomOf: (item: Item) => Room): Piece[] {
  const pieces: Piece[] = [];
  for (const item of items) {
    const room = roomOf(item);
    const piece = pieces.at(-1);
    const [from, to] = [Math.max(room.from, piece?.from ?? room.from), Math.min(room.to, piece?.to ?? room.to)];
    if (piece !== undefined && from <= to) {
      Object.assign(piece, { from, to });
      piece.items.push(item);
    } else pieces.push({ ...room, items: [item] });
  }
  return pieces;
}

function align({ items, from, to }: Piece): void {
  const sorted = items.map(({ x }) => x).sort((one, other) => one - other);
  const x = Math.min(Math.max(sorted[sorted.length >> 1]!, from), to);
  for (const item of items) item.x = x;
}
