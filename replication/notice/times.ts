import { printable } from '../../git/ref.ts';

/** A time for people, whatever their own zone is: `2026-01-02 03:04:05 UTC`. */
export function momentOf(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return printable(iso, 40);
  return at.toISOString().replace(/^(.+)T(.+)\..*$/, '$1 $2 UTC');
}

/** The day alone: `2026-01-02`. */
export const dayOf = (iso: string): string => momentOf(iso).split(' ', 1)[0] as string;

const UNITS: readonly [string, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** How long it was between two times (ISO 8601), in the largest unit of which there are two: `47 hours`, `2 days`. Empty if that makes no sense. */
export function durationOf(from: string, to: string): string {
  const seconds = Math.floor((Date.parse(to) - Date.parse(from)) / 1000);
  if (!(seconds >= 0)) return '';
  const [unit, size] = UNITS.find((one) => seconds >= 2 * one[1]) ?? ['second', 1];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `2026-01-02 03:04:05 UTC (2 days)` */
export function momentWithAge(iso: string, now: string): string {
  const age = durationOf(iso, now);
  return age === '' ? momentOf(iso) : `${momentOf(iso)} (${age})`;
}
