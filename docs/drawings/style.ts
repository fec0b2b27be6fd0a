import { LINE_SIZE, NAME_SIZE } from './boxes.ts';
import type { EdgeKind } from './edges.ts';
import { LABEL_SIZE } from './labels.ts';

/** A drawing brings its own ground, so it has one look on a light page and on a dark one. */
const GROUND = '#ffffff';
const FILLS = {
  task: ['#eaf2fb', '#3f73b3'],
  choice: ['#fff6dc', '#b3841a'],
  pass: ['#f3f4f6', '#858c98'],
  wait: ['#f2edfb', '#7a5bb5'],
  success: ['#e2f5e7', '#23863f'],
  failure: ['#fde8e8', '#c03434'],
  frame: [GROUND, '#3f73b3'],
  start: ['#4b5563', '#4b5563'],
} as const;
export const LINE_COLOURS: Record<EdgeKind, string> = { next: '#4b5563', caught: '#c03434', rest: '#e3a3a3' };
const FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif';

export const STYLE = [
  `.ground{fill:${GROUND};stroke:#d5d9df}`,
  `text{font-family:${FONT};font-size:${LINE_SIZE}px;fill:#4b5563;text-anchor:middle}`,
  `.name{font-size:${NAME_SIZE}px;font-weight:600;fill:#111827}`,
  ...Object.entries(FILLS).map(([kind, [fill, stroke]]) => `.${kind}{fill:${fill};stroke:${stroke}}`),
  'path{fill:none;stroke-width:1.2}',
  ...Object.entries(LINE_COLOURS).map(([kind, colour]) => `.line-${kind}{stroke:${colour}}`),
  '.line-caught,.line-rest{stroke-dasharray:5 3}',
  '.left{text-anchor:start}',
  `.label{font-size:${LABEL_SIZE}px}`,
  `.label-caught{fill:${LINE_COLOURS.caught}}`,
  `.behind{fill:${GROUND};fill-opacity:.88}`,
].join('\n');
