import type { EdgeKind } from './edges.ts';
import { LABEL_SIZE } from './labels.ts';
import { widthOf } from './text.ts';
import { rounded } from './xml.ts';

const SAMPLE = 26;
const SPACE = 16;
const ENTRIES: [EdgeKind | undefined, string][] = [
  ['next', 'next'],
  ['caught', 'an error caught'],
  ['rest', 'any other error'],
  [undefined, '↻ tried again so often'],
];

/** What the lines and the mark mean, in one row from `x` on, with its middle at `y`. */
export function legend(x: number, y: number): string[] {
  let at = x;
  return ENTRIES.map(([kind, text]) => {
    const from = at;
    const textAt = kind === undefined ? from : from + SAMPLE + 5;
    at = textAt + widthOf(text, LABEL_SIZE) + SPACE;
    const sample =
      kind === undefined
        ? ''
        : `<path class="line-${kind}" d="M${rounded(from)} ${rounded(y)}h${SAMPLE}" marker-end="url(#${kind})"/>`;
    return `${sample}<text class="label left" x="${rounded(textAt)}" y="${rounded(y + 3.5)}">${text}</text>`;
  });
}

export const LEGEND_WIDTH = ENTRIES.reduce(
  (width, [kind, text]) => width + widthOf(text, LABEL_SIZE) + SPACE + (kind === undefined ? 0 : SAMPLE + 5),
  0,
);
