import type { Scope } from './asl.ts';
import { placeColumns } from './columns.ts';
import { type Edge, edgesOf } from './edges.ts';
import { stateAlone } from './frames.ts';
import { guttersOf, placeGutter } from './gutter.ts';
import { ordered } from './order.ts';
import { type Band, type Label, moved, type Picture, type Rectangle } from './picture.ts';
import { ranksOf } from './ranks.ts';
import { routed } from './routes.ts';
import { chainOf, type Item, itemOf, rowsOf } from './rows.ts';
import { straighten } from './straight.ts';

const ROW_GAP = 20;
/** Only a frame makes a row as high as this up and down. */
const FRAMED = 50;
/** No state has this name: it is where an execution comes in. */
const START = '(start)';
const START_SIZE = 12;

/** Places a scope, with all that is inside its states. */
export function layOut(scope: Scope): Picture {
  const edges: Edge[] = [{ from: START, to: scope.StartAt, kind: 'next', label: [] }, ...edgesOf(scope)];
  for (const { from, to } of edges)
    if (from === to) throw new Error(`${from} leads to itself: no drawing has room for that`);
  const alone = new Map([[START, start()]]);
  for (const [name, state] of Object.entries(scope.States)) alone.set(name, stateAlone(name, state, layOut));

  const ranks = ranksOf([...alone.keys()], edges);
  const boxes = new Map([...alone].map(([name, size]) => [name, itemOf('box', ranks.get(name)!, size)]));
  const gutters = guttersOf(edges);
  const aside = new Set(gutters.map(({ name }) => name));
  const chains = edges
    .filter(({ to }) => !aside.has(to))
    .map((edge) => chainOf(edge, boxes.get(edge.from)!, boxes.get(edge.to)!));
  const rows = ordered(
    rowsOf(
      [...boxes]
        .filter(([name]) => !aside.has(name))
        .map(([, item]) => item)
        .concat(chains.flatMap(({ items }) => items)),
    ),
  );
  placeColumns(rows);
  straighten(rows, chains);
  for (const gutter of gutters) chains.push(...placeGutter(gutter, boxes.get(gutter.name)!, rows, boxes));
  const bands = bandsOf(rows);

  const corner = ({ row, x, width, height }: Item): Rectangle => ({
    x: x - width / 2,
    y: topOf(height, bands[row]!),
    width,
    height,
  });
  const placed = [...alone].map(([name, picture]) => {
    const { x, y } = corner(boxes.get(name)!);
    return moved(picture, x, y);
  });
  const labels: Label[] = chains.flatMap(({ edge, items }) =>
    items
      .filter(({ kind }) => kind === 'label')
      .map((item) => ({ ...corner(item), lines: edge.label, kind: edge.kind })),
  );
  const kinds = new Map(placed.map(({ boxes: [box] }) => [boxes.get(box!.name)!, box!]));
  return bounded({
    width: 0,
    height: 0,
    boxes: placed.flatMap((picture) => picture.boxes),
    lines: [...placed.flatMap(({ lines }) => lines), ...routed(chains, kinds, bands)],
    labels: [...placed.flatMap((picture) => picture.labels), ...labels],
  });
}

function bandsOf(rows: Item[][]): Band[] {
  let top = 0;
  return rows.map((row) => {
    const height = Math.max(0, ...row.map((item) => item.height));
    const band = { y: top + height / 2, half: height / 2 };
    top += height + ROW_GAP;
    return band;
  });
}

/** In the middle of its row, but beside a frame where people look first. */
const topOf = (height: number, { y, half }: Band): number => (half > FRAMED ? y - half : y - height / 2);

const start = (): Picture => {
  const face = { kind: 'start', does: '', retries: '' } as const;
  const size = { width: START_SIZE, height: START_SIZE };
  return { ...size, boxes: [{ name: START, state: undefined, face, x: 0, y: 0, ...size }], lines: [], labels: [] };
};

/** With its own size, and nothing left of or above it. */
function bounded(picture: Picture): Picture {
  const points = [
    ...picture.lines.flatMap((line) => line.points),
    ...[...picture.boxes, ...picture.labels].flatMap(({ x, y, width, height }) => [
      { x, y },
      { x: x + width, y: y + height },
    ]),
  ];
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { ...moved(picture, -left, -top), width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
