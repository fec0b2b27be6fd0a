import type { State } from './asl.ts';
import type { Face } from './boxes.ts';
import type { Edge, EdgeKind } from './edges.ts';

/** `x` and `y` are the upper left corner, from that of the picture. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Box extends Rectangle {
  name: string;
  face: Face;
  /** Where an execution comes in is no state. */
  state: State | undefined;
}

export interface Line {
  edge: Edge;
  points: Point[];
  /** It ends where it meets another line. */
  joins: boolean;
}

export interface Label extends Rectangle {
  lines: string[];
  kind: EdgeKind;
}

export interface Point {
  x: number;
  y: number;
}

/** Where the middle of a row is, and how far up and down it reaches. */
export interface Band {
  y: number;
  half: number;
}

export interface Picture {
  width: number;
  height: number;
  /** A frame comes before what is in it. */
  boxes: Box[];
  lines: Line[];
  labels: Label[];
}

/** The same picture, further right and down. */
export function moved(picture: Picture, x: number, y: number): Picture {
  const at = <T extends Point>(point: T): T => ({ ...point, x: point.x + x, y: point.y + y });
  return {
    ...picture,
    boxes: picture.boxes.map(at),
    lines: picture.lines.map((line) => ({ ...line, points: line.points.map(at) })),
    labels: picture.labels.map(at),
  };
}
