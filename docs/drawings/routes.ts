import { TIP } from './boxes.ts';
import type { Band, Box, Line, Point } from './picture.ts';
import type { Chain, Item } from './rows.ts';

/** Where a line leaves or enters a box. */
interface Port {
  box: Box;
  side: 'top' | 'bottom';
  /** Where the line comes from or goes on to. */
  towards: number;
  x: number;
}

const CORNER = 8;
const GAP = 10;

/**
 * Lines that cross no box: straight up or down as far as a row reaches, sideways only between rows. Each has its own place at a
 * box's side, as near as can be to where it goes.
 */
export function routed(chains: Chain[], boxes: Map<Item, Box>, bands: Band[]): Line[] {
  const ported = chains.map(({ edge, items, joins }) => {
    const [first, second, beforeLast, last] = [items.at(0)!, items.at(1)!, items.at(-2)!, items.at(-1)!];
    return { edge, items, joins, out: portOf(first, second, boxes), into: portOf(last, beforeLast, boxes) };
  });
  const ports = ported.flatMap(({ out, into }) => [out, into]).filter((port) => port !== undefined);
  for (const same of Map.groupBy(ports, ({ box, side }) => `${side} ${box.name}`).values()) spread(same);

  return ported.map(({ edge, items, joins, out, into }) => {
    const passed = items.slice(out ? 1 : 0, into ? -1 : undefined);
    const down = items.at(0)!.row < items.at(-1)!.row;
    return {
      edge,
      joins,
      points: [
        ...(out ? atPort(out, bands[items.at(0)!.row]!) : []),
        ...passed.flatMap((item) => through(item, bands[item.row]!, down)),
        ...(into ? atPort(into, bands[items.at(-1)!.row]!).reverse() : []),
      ],
    };
  });
}

function through({ x }: Item, { y, half }: Band, down: boolean): Point[] {
  const [top, bottom] = [
    { x, y: y - half },
    { x, y: y + half },
  ];
  return down ? [top, bottom] : [bottom, top];
}

function portOf(item: Item, next: Item, boxes: Map<Item, Box>): Port | undefined {
  const box = boxes.get(item);
  if (box === undefined) return undefined;
  const [left, right] = rangeOf(box);
  const x = Math.min(Math.max(next.x, left), right);
  return { box, side: next.row > item.row ? 'bottom' : 'top', towards: next.x, x };
}

/** From where to where lines may touch a box. */
function rangeOf({ face, x, width }: Box): [number, number] {
  const margin = Math.min(width / 2, CORNER + (face.kind === 'choice' ? TIP : 0));
  return [x + margin, x + width - margin];
}

/** Moves the ports of a side apart, and as little as possible. */
function spread(ports: Port[]): void {
  ports.sort((one, other) => one.towards - other.towards);
  const [left, right] = rangeOf(ports[0]!.box);
  const gap = Math.min(GAP, (right - left) / Math.max(1, ports.length - 1));
  for (const [index, port] of ports.entries())
    port.x = Math.max(port.x, index === 0 ? left : ports[index - 1]!.x + gap);
  let limit = right;
  for (const port of ports.toReversed()) {
    port.x = Math.min(port.x, limit);
    limit = port.x - gap;
  }
}

/** From the box's side to where its row ends. */
const atPort = ({ box, side, x }: Port, { y, half }: Band): Point[] =>
  side === 'bottom'
    ? [
        { x, y: box.y + box.height },
        { x, y: y + half },
      ]
    : [
        { x, y: box.y },
        { x, y: y - half },
      ];
