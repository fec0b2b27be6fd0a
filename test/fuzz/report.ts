import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Found } from './search.ts';
import type { Target } from './target.ts';

/** A longer command line helps nobody. */
const HEX_CHARS_MAX = 4000;

/** What was found, and the one command that shows it again. */
export function describeFinding(target: Target, { finding, number }: Found, smallest: Buffer, seed: number): string {
  return [
    `FOUND ${target.name}: input ${number} of seed ${seed}`,
    finding.message,
    `${smallest.length} bytes: ${JSON.stringify(smallest.toString('latin1', 0, 500))}`,
    `npm run fuzz -- --target ${target.name} ${replayOf(target, smallest)}`,
  ].join('\n');
}

function replayOf(target: Target, bytes: Buffer): string {
  const hex = bytes.toString('hex');
  if (hex.length <= HEX_CHARS_MAX) return `--replay ${hex === '' ? "''" : hex}`;
  const file = join(tmpdir(), `ccrepl-fuzz-${target.name}-${process.pid}.bin`);
  writeFileSync(file, bytes);
  return `--replay-file ${file}`;
}
