/**
 * How wide a text may be in whatever sans-serif font the reader has: after DejaVu Sans and Verdana, the widest of the usual
 * ones. A drawing must come out the same everywhere, so no font is asked.
 */
export function widthOf(text: string, size: number, bold = false): number {
  let width = 0;
  for (const char of text) width += widthOfChar(char);
  return Math.ceil(width * size * (bold ? 1.1 : 1));
}

function widthOfChar(char: string): number {
  if ("ijl.,:;'|!` ".includes(char)) return 0.34;
  if ('frtI()[]{}-/\\"'.includes(char)) return 0.43;
  if ('mwMW@%…↻'.includes(char)) return 0.98;
  if (/[A-Z<>=+~#&∋≠≤≥≈]/.test(char)) return 0.74;
  return 0.63;
}

/** At most `max` lines of about `columns` characters; what does not fit ends with an ellipsis. */
export function wrapped(text: string, columns: number, max: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  if (lines.length > max) lines.splice(max - 1, lines.length, `${lines[max - 1]} …`);
  return lines.map((each) => shortened(each, columns + 6));
}

export const shortened = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, columns - 1).trimEnd()}…`;
