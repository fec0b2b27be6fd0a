/** Columns of text under their headings, as wide as they need to be; for comparing things at a glance. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) =>
    rows.reduce((widest, row) => Math.max(widest, width(row[column] ?? '')), width(heading)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd();
  return [line(headings), ...rows.map(line)];
}

/** Characters that a terminal shows: without its colour codes. */
const width = (text: string): number => [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;
