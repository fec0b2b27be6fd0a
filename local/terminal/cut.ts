/** The first `columns` characters that a terminal shows, with the colours that are among them, and none after. */
export function cut(text: string, columns: number): string {
  let shown = 0;
  let kept = '';
  let coloured = false;
  for (const [part] of text.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    if (part.startsWith('\u001b[')) {
      coloured = true;
      kept += part;
      continue;
    }
    if (shown === columns) break;
    shown += 1;
    kept += part;
  }
  return kept === text || !coloured ? kept : `${kept}\u001b[0m`;
}
