import { styleText } from 'node:util';
import { displayRef } from '../../git/ref.ts';
import type { Plan, PlannedHead } from '../../replication/plan.ts';
import { REASONS } from '../../replication/reasons.ts';
import { table } from './table.ts';

const HEADS_SHOWN = 12;

/** A table of heads: those that differ first, then a few that are equal. */
export function headsTable(plan: Plan, max = HEADS_SHOWN): string[] {
  const differing = plan.heads.map((head) => [displayRef(head.ref), short(head.new), short(head.old), verdict(head)]);
  const named = new Set(plan.heads.map((head) => head.ref));
  const equal = [...plan.source].filter(([ref]) => !named.has(ref));
  const rows = [...differing.slice(0, max)];
  for (const [ref, oid] of equal.slice(0, Math.max(0, max - rows.length))) {
    rows.push([displayRef(ref), short(oid), short(oid), styleText('green', 'in sync')]);
  }
  const hidden = differing.length + equal.length - rows.length;
  const lines = table(['REF', 'SOURCE', 'DESTINATION', 'VERDICT'], rows);
  return hidden === 0 ? lines : [...lines, `… and ${hidden.toLocaleString('en')} more`];
}

const short = (oid: string | undefined): string => oid?.slice(0, 10) ?? '-';

function verdict({ action, reason }: PlannedHead): string {
  const colour = action === 'refuse' ? 'red' : 'yellow';
  return `${styleText(colour, action === 'refuse' ? reason : action)} (${REASONS[reason]})`;
}
