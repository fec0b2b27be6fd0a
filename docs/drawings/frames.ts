import { innerScopes, type Scope, type State } from './asl.ts';
import { faceOf, sizeOf } from './boxes.ts';
import { type Box, moved, type Picture } from './picture.ts';

const MARGIN = 14;

/** A state as a picture of its own: a box, or a frame with the machines inside a Map or Parallel side by side. */
export function stateAlone(name: string, state: State, layOut: (scope: Scope) => Picture): Picture {
  const face = faceOf(state);
  const head = sizeOf(name, face);
  const inner: Picture[] = [];
  let right = 0;
  for (const picture of innerScopes(state).map(layOut)) {
    inner.push(moved(picture, right + MARGIN, head.height + MARGIN / 2));
    right += picture.width + MARGIN;
  }
  const shift = Math.max(0, (head.width - right - MARGIN) / 2);
  const box: Box = {
    name,
    state,
    face,
    x: 0,
    y: 0,
    width: inner.length === 0 ? head.width : Math.max(head.width, right + MARGIN),
    height:
      inner.length === 0 ? head.height : head.height + 1.5 * MARGIN + Math.max(...inner.map(({ height }) => height)),
  };
  return together(
    box,
    inner.map((picture) => moved(picture, shift, 0)),
  );
}

const together = (box: Box, inner: Picture[]): Picture => ({
  width: box.width,
  height: box.height,
  boxes: [box, ...inner.flatMap(({ boxes }) => boxes)],
  lines: inner.flatMap(({ lines }) => lines),
  labels: inner.flatMap(({ labels }) => labels),
});
