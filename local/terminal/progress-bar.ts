import { styleText } from 'node:util';
import type { Progress } from '../../replication/progress.ts';

const BAR_WIDTH = 24;
const BYTES_PER_STEP = 200_000;

const STAGES: Record<Progress['stage'], string> = {
  reading: 'Reading refs',
  preparing: 'Preparing',
  transferring: 'Transferring',
  indexing: 'Indexing',
  confirming: 'Confirming',
};

/** One line that shows where a run stands: `[██████░░░░]  67%  Resolving deltas  1,234 objects, 45.2 MB`. */
export function progressLine(progress: Progress): string {
  const { stage, step, percent, objects, packBytes } = progress;
  const what = percent === undefined ? STAGES[stage] : (step ?? STAGES[stage]);
  const filled = Math.round(((percent ?? 0) / 100) * BAR_WIDTH);
  const bar = percent === undefined ? moving(packBytes) : '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const share = percent === undefined ? '    ' : `${String(percent).padStart(3)}%`;
  const amount = packBytes === 0 ? '' : `  ${objects.toLocaleString('en')} objects, ${formatBytes(packBytes)}`;
  return `[${styleText('cyan', bar)}] ${share}  ${what}${amount}`;
}

/** A pack does not say how long it will be: a block that moves on with the bytes shows that it flows. */
function moving(packBytes: number): string {
  if (packBytes === 0) return '░'.repeat(BAR_WIDTH);
  const at = Math.floor(packBytes / BYTES_PER_STEP) % BAR_WIDTH;
  return Array.from({ length: BAR_WIDTH }, (_, n) => ((n - at + BAR_WIDTH) % BAR_WIDTH < 4 ? '█' : '░')).join('');
}

/** `12.3 MB`: decimal units, as disks and networks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
