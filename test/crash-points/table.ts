import { type Counts, KINDS } from './boundaries.ts';
import type { CampaignReport, PlanReport } from './campaign.ts';

const sum = (counts: Counts): number => KINDS.reduce((all, kind) => all + counts[kind], 0);

/** The report as lines: a plan each, what was killed of what there is by kind, and how the killed runs left the destination. */
export function tableLines({ plans }: CampaignReport): string[] {
  const head = ['plan', ...KINDS, 'killed', 'outlived', 'left old', 'part', 'new'];
  const rows = [...plans, totalOf(plans)].map(({ plan, boundaries, killed, outlived, left }) => [
    plan,
    ...KINDS.map((kind) => `${killed[kind]}/${boundaries[kind]}`),
    ...[sum(killed), outlived, left.old, left.part, left.new].map(String),
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? '').length)));
  return [head, ...rows].map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
  );
}

function totalOf(plans: readonly PlanReport[]): PlanReport {
  const add = (of: (plan: PlanReport) => number) => plans.reduce((all, plan) => all + of(plan), 0);
  const counts = (of: (plan: PlanReport) => Counts): Counts =>
    Object.fromEntries(KINDS.map((kind) => [kind, add((plan) => of(plan)[kind])])) as Counts;
  return {
    plan: 'all',
    boundaries: counts(({ boundaries }) => boundaries),
    killed: counts(({ killed }) => killed),
    outlived: add(({ outlived }) => outlived),
    left: {
      old: add(({ left }) => left.old),
      part: add(({ left }) => left.part),
      new: add(({ left }) => left.new),
    },
  };
}
