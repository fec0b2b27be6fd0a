import { styleText } from 'node:util';
import { clock } from './clock.ts';
import { table } from './table.ts';

/** A replica as one line shows it. */
export interface ReplicaLine {
  id: string;
  /** Absent before the first execution has ended. */
  verdict: string | undefined;
  heads: number | undefined;
  lagSeconds: number | undefined;
  /** Since when the verdict holds, ISO 8601. */
  since: string | undefined;
  /** The last execution in a few words. */
  last: string;
  /** The state of the execution that is at work. */
  working: string | undefined;
}

const HEADINGS = ['REPLICA', 'VERDICT', 'HEADS', 'LAG', 'SINCE', 'LAST EXECUTION'];
const COLOURS: Record<string, 'green' | 'yellow' | 'red'> = { 'in-sync': 'green', diverged: 'red', refused: 'red' };

/** A table of replicas. If there is no room for all, those that are not in sync or at work come first. */
export function replicasTable(replicas: readonly ReplicaLine[], room = Number.POSITIVE_INFINITY): string[] {
  if (replicas.length < room) return table(HEADINGS, replicas.map(row));
  const calm = ({ verdict, working }: ReplicaLine) => Number(verdict === 'in-sync' && working === undefined);
  const shown = replicas.toSorted((a, b) => calm(a) - calm(b)).slice(0, room - 2);
  const hidden = replicas.filter((replica) => !shown.includes(replica));
  const inSync = hidden.filter((replica) => calm(replica) === 1).length;
  const more = `… and ${hidden.length} more, ${inSync === hidden.length ? 'all' : inSync} in sync`;
  return [...table(HEADINGS, shown.map(row)), more];
}

function row({ id, verdict, heads, lagSeconds, since, last, working }: ReplicaLine): string[] {
  return [
    id,
    verdict === undefined ? '-' : styleText(COLOURS[verdict] ?? 'yellow', verdict),
    heads?.toLocaleString('en') ?? '-',
    lagSeconds === undefined ? '-' : `${lagSeconds.toLocaleString('en')} s`,
    since === undefined ? '-' : clock(since),
    working === undefined ? last : styleText('cyan', `▸ ${working}`),
  ];
}
