import { CONTESTANTS, type ContestantName } from './contestants.ts';
import type { Cell, Results } from './results.ts';
import { ratios, type Spread } from './statistics.ts';
import { WORKS } from './works.ts';

const COLOURS: Record<ContestantName, string> = {
  ccrepl: '#0b7a3b',
  floor: '#6b7280',
  'warm-mirror': '#2563eb',
  'stale-image': '#d97706',
  'clone-and-push': '#b91c1c',
};

const [LEFT, RIGHT, TOP, ROW, BOTTOM, WIDTH] = [400, 30, 76, 30, 46, 1030];

/** How long each took, as a multiple of ccrepl, on a logarithmic axis: a row for each work on each shape. */
export function chartOf({ shapes, cells }: Results): string {
  const rows = shapes.flatMap(({ name: shape }) =>
    WORKS.flatMap(({ name: work, what }) => {
      const group = cells.filter((cell) => cell.shape === shape && cell.work === work);
      const own = group.find(({ contestant }) => contestant === 'ccrepl');
      return own === undefined ? [] : [{ title: `${shape}: ${what}`, points: group.map((cell) => pointOf(cell, own)) }];
    }),
  );
  const all = rows.flatMap(({ points }) => points.map(({ spread }) => spread));
  const from = 10 ** Math.floor(Math.log10(Math.min(0.5, ...all.map(({ low }) => low))));
  const to = 10 ** Math.ceil(Math.log10(Math.max(10, ...all.map(({ high }) => high))));
  const x = (value: number) =>
    LEFT + ((Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))) * (WIDTH - LEFT - RIGHT);
  const height = TOP + rows.length * ROW + BOTTOM;
  const bottom = height - BOTTOM;
  const parts: string[] = [];
  for (let power = from; power <= to * 1.001; power *= 10) {
    for (const step of [1, 2, 5]) {
      const value = power * step;
      if (value > to * 1.001) break;
      parts.push(
        line(x(value), TOP - 8, x(value), bottom, value === 1 ? '#0b7a3b' : step === 1 ? '#cbd5e1' : '#eef2f7'),
      );
      parts.push(text(x(value), bottom + 16, `${Number(value.toPrecision(2))} ×`, 'middle', '#475569'));
    }
  }
  for (const [n, { title, points }] of rows.entries()) {
    const y = TOP + n * ROW + ROW / 2;
    parts.push(text(LEFT - 14, y + 4, title, 'end', '#0f172a'));
    for (const { contestant, spread } of points) {
      const colour = COLOURS[contestant];
      parts.push(line(x(spread.low), y, x(spread.high), y, colour, 3));
      parts.push(`<circle cx="${x(spread.median).toFixed(1)}" cy="${y}" r="5.5" fill="${colour}"/>`);
    }
  }
  let at = LEFT;
  for (const { name } of CONTESTANTS) {
    parts.push(
      `<circle cx="${at}" cy="${TOP - 30}" r="5.5" fill="${COLOURS[name]}"/>`,
      text(at + 11, TOP - 26, name, 'start', '#0f172a'),
    );
    at += 34 + name.length * 7;
  }
  parts.push(text(LEFT, 24, 'Time, as a multiple of ccrepl’s (to the left: faster)', 'start', '#0f172a', 15));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>Time of each way to replicate, as a multiple of ccrepl’s</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function pointOf(cell: Cell, own: Cell): { contestant: ContestantName; spread: Spread } {
  const seconds = (one: Cell) => one.runs.map((run) => run.seconds);
  return { contestant: cell.contestant, spread: ratios(seconds(cell), seconds(own)) };
}

const line = (x1: number, y1: number, x2: number, y2: number, colour: string, width = 1): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1}" x2="${x2.toFixed(1)}" y2="${y2}" stroke="${colour}" stroke-width="${width}"/>`;

function text(x: number, y: number, words: string, anchor: string, colour: string, size?: number): string {
  const safe = words.replace(/[&<]/g, (char) => (char === '&' ? '&amp;' : '&lt;'));
  const bigger = size === undefined ? '' : ` font-size="${size}" font-weight="600"`;
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" fill="${colour}"${bigger}>${safe}</text>`;
}
