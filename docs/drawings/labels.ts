import { widthOf } from './text.ts';

export const LABEL_SIZE = 10.5;
export const LABEL_LINE = 13;
const PADDING = 4;

/** The room that the lines of a label need. */
export const labelSize = (lines: string[]): { width: number; height: number } =>
  lines.length === 0
    ? { width: 0, height: 0 }
    : {
        width: Math.max(...lines.map((line) => widthOf(line, LABEL_SIZE))) + 2 * PADDING,
        height: lines.length * LABEL_LINE + PADDING,
      };
