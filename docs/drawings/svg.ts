import type { Scope } from './asl.ts';
import { LINE_SIZE, NAME_SIZE, secondLine, TIP } from './boxes.ts';
import { descriptionOf } from './description.ts';
import { LABEL_LINE, LABEL_SIZE } from './labels.ts';
import { layOut } from './layout.ts';
import { LEGEND_WIDTH, legend } from './legend.ts';
import { type Box, type Label, type Line, moved, type Picture } from './picture.ts';
import { LINE_COLOURS, STYLE } from './style.ts';
import { escaped, rounded } from './xml.ts';

const MARGIN = 16;
const LEGEND = 34;

/** The picture of a state machine as it is written. */
export function pictureOf(machine: Scope): Picture {
  const laid = layOut(machine);
  const width = Math.max(laid.width, LEGEND_WIDTH) + 2 * MARGIN;
  return { ...moved(laid, (width - laid.width) / 2, MARGIN), width, height: laid.height + MARGIN + LEGEND };
}

export function svgOf(name: string, machine: Scope): string {
  const { width, height, boxes, lines, labels } = pictureOf(machine);
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-labelledby="title desc">`,
    `<title id="title">The state machine ${escaped(name)}</title>`,
    `<desc id="desc">${escaped([machine.Comment ?? '', ...descriptionOf(machine)].join('\n').trim())}</desc>`,
    `<style>${STYLE}</style>`,
    `<defs>${Object.entries(LINE_COLOURS)
      .map(([kind, colour]) => arrow(kind, colour))
      .join('')}</defs>`,
    `<rect class="ground" x="0.5" y="0.5" width="${w - 1}" height="${h - 1}" rx="8"/>`,
    ...boxes.filter(({ face }) => face.kind === 'frame').map(boxSvg),
    ...paintedLast(lines).map(lineSvg),
    ...labels.map(labelSvg),
    ...boxes.filter(({ face }) => face.kind !== 'frame').map(boxSvg),
    ...legend(MARGIN, h - LEGEND / 2),
    '</svg>',
  ].join('\n')}\n`;
}

/** What matters most is drawn over the rest. */
const paintedLast = (lines: Line[]): Line[] =>
  (['rest', 'caught', 'next'] as const).flatMap((kind) => lines.filter(({ edge }) => edge.kind === kind));

const arrow = (id: string, colour: string): string =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 .8 8 4 0 7.2z" style="fill:${colour};stroke:none"/></marker>`;

function boxSvg({ name, state, face, x, y, width, height }: Box): string {
  const [middle, line] = [rounded(x + width / 2), secondLine(face)];
  const frameHead = face.kind === 'frame';
  const nameAt = frameHead || line !== '' ? y + 19 : y + height / 2 + NAME_SIZE * 0.36;
  return [
    '<g>',
    state?.Comment === undefined ? '' : `<title>${escaped(state.Comment)}</title>`,
    shape({ face, x, y, width, height }),
    state === undefined ? '' : `<text class="name" x="${middle}" y="${rounded(nameAt)}">${escaped(name)}</text>`,
    line === '' ? '' : `<text x="${middle}" y="${rounded(nameAt + LINE_SIZE + 4)}">${escaped(line)}</text>`,
    '</g>',
  ].join('');
}

function shape({ face: { kind }, x, y, width, height }: Pick<Box, 'face' | 'x' | 'y' | 'width' | 'height'>): string {
  const [left, top, right, bottom] = [x, y, x + width, y + height].map(rounded);
  if (kind === 'choice') {
    const [inLeft, inRight, middle] = [x + TIP, x + width - TIP, y + height / 2].map(rounded);
    return `<polygon class="choice" points="${left},${middle} ${inLeft},${top} ${inRight},${top} ${right},${middle} ${inRight},${bottom} ${inLeft},${bottom}"/>`;
  }
  const radius = { start: width / 2, success: height / 2, failure: height / 2, pass: 4, task: 4, wait: 4, frame: 6 }[
    kind
  ];
  return `<rect class="${kind}" x="${left}" y="${top}" width="${rounded(width)}" height="${rounded(height)}" rx="${rounded(radius)}"/>`;
}

function lineSvg({ edge, joins, points: [first, ...others] }: Line): string {
  let { x, y } = first!;
  let path = `M${rounded(x)} ${rounded(y)}`;
  for (const to of others) {
    if (to.x === x && to.y === y) continue;
    const half = rounded((y + to.y) / 2);
    path +=
      Math.abs(to.x - x) < 0.05
        ? `V${rounded(to.y)}`
        : `C${rounded(x)} ${half} ${rounded(to.x)} ${half} ${rounded(to.x)} ${rounded(to.y)}`;
    ({ x, y } = to);
  }
  return `<path class="line-${edge.kind}" d="${path}"${joins ? '' : ` marker-end="url(#${edge.kind})"`}/>`;
}

function labelSvg({ lines, kind, x, y, width, height }: Label): string {
  const [middle, top] = [rounded(x + width / 2), y + (height - lines.length * LABEL_LINE) / 2 + LABEL_SIZE * 0.92];
  return [
    `<rect class="behind" x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" rx="3"/>`,
    ...lines.map(
      (line, index) =>
        `<text class="label label-${kind}" x="${middle}" y="${rounded(top + index * LABEL_LINE)}">${escaped(line)}</text>`,
    ),
  ].join('');
}
