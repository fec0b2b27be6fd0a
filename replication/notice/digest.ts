import { printable } from '../../git/ref.ts';
import { NEWS_ALONE_MAX, type SweepNews } from '../contract.ts';
import { DIGEST_NEWS_MAX } from '../sweep-summary.ts';
import type { Verdict } from '../verdict.ts';
import { asNotice, labelled, type Notice, type NoticeLinks } from './message.ts';
import { readNews, type ToldReplica, WORST_FIRST } from './news.ts';
import { startCommand } from './remedies.ts';
import { runbookLine } from './runbook.ts';
import { momentOf } from './times.ts';

const REPLICAS_SHOWN = 50;

const SAYS: Record<Verdict, string> = {
  diverged: 'is diverged',
  refused: 'is refused',
  behind: 'is behind',
  unknown: 'could not be checked',
  'in-sync': 'is in sync again',
};

/** What people are told of many replicas at once. */
export function composeDigest({ startedAt, digest }: SweepNews, links: NoticeLinks): Notice {
  const told = readNews(digest.news);
  // What is beyond was left out of the digest, so that it fits into a state.
  const atLeast = digest.news.length >= DIGEST_NEWS_MAX ? 'at least ' : '';
  const count = `${atLeast}${told.length} ${told.length === 1 ? 'replica' : 'replicas'}`;
  return asNotice(`ccrepl: ${count} changed in one sweep`, [
    `${capital(count)} of the ${digest.replicas} that were looked at changed in one sweep: ${countsOf(told)}.`,
    '',
    labelled('Sweep', links.executionUrl),
    labelled('Started', momentOf(startedAt)),
    runbookLine('many'),
    '',
    `Replicas (first ${Math.min(told.length, REPLICAS_SHOWN)} of ${told.length}, the worst first):`,
    ...told.slice(0, REPLICAS_SHOWN).map(replicaLine),
    `The first ${NEWS_ALONE_MAX} that were found had messages of their own.`,
    '',
    ...remedyLines(told, links),
  ]);
}

function countsOf(told: readonly ToldReplica[]): string {
  const of = (verdict: Verdict) => told.filter(({ verdicts }) => verdicts[0] === verdict).length;
  return WORST_FIRST.filter((verdict) => of(verdict) > 0)
    .map((verdict) => `${of(verdict)} ${SAYS[verdict].replace(/^is /, '')}`)
    .join(', ');
}

function replicaLine({ replica, verdicts }: ToldReplica): string {
  const says = verdicts.map((verdict) => SAYS[verdict]).join(', and ');
  const order = verdicts.length > 1 ? ' (its executions show in which order)' : '';
  return `- ${printable(replica, 128)} ${says}${order}`;
}

const remedyLines = (told: readonly ToldReplica[], { stateMachineArn }: NoticeLinks): string[] =>
  told.every(({ verdicts }) => verdicts[0] === 'in-sync')
    ? ['Nothing to do.']
    : [
        'What to do:',
        '- So many at once mostly have one cause (a right that was taken away, a side that is down). Open the sweep, and there the',
        '  execution of one of the worst: it says what failed, and what is to be done about it.',
        '- When that is done, sweep again:',
        `    ${startCommand(stateMachineArn, {})}`,
      ];

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
