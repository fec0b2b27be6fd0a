import { printable } from '../../git/ref.ts';
import type { DigestNews, SweepNews } from '../contract.ts';
import type { Verdict } from '../verdict.ts';
import { isMassChange } from './kind.ts';
import { asNotice, labelled, type Notice, type NoticeLinks } from './message.ts';
import { WORST_FIRST, worstFirst, worstVerdict } from './news.ts';
import { startCommand } from './remedies.ts';
import { RUNBOOK, runbookLine } from './runbook.ts';
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
  const news = worstFirst(digest.news);
  const shown = news.slice(0, REPLICAS_SHOWN);
  return asNotice(`ccrepl: ${subjectOf(news)}`, [
    `The sweep looked at ${counted(digest.replicas)}, and has news of ${news.length}: ${countsOf(news)}.`,
    '',
    labelled('Sweep', links.executionUrl),
    labelled('Started', momentOf(startedAt)),
    runbookLine('many'),
    '',
    `Replicas (first ${shown.length} of ${news.length}, the worst first):`,
    ...shown.map(replicaLine),
    'Others may have had messages of their own, or are told of by the next sweep.',
    '',
    ...remedyLines(news, links),
  ]);
}

const counted = (replicas: number): string => `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;

const isWell = ({ verdict }: DigestNews): boolean => verdict === 'in-sync';

function subjectOf(news: readonly DigestNews[]): string {
  if (news.every(isWell)) return `${counted(news.length)} ${news.length === 1 ? 'is' : 'are'} in sync again`;
  const worst = news.some(isMassChange) ? 'a mass change' : alone(worstVerdict(news));
  return `news of ${counted(news.length)} in one sweep, the worst: ${worst}`;
}

const alone = (verdict: Verdict): string => SAYS[verdict].replace(/^is /, '');

function countsOf(news: readonly DigestNews[]): string {
  const of = (wanted: Verdict) => news.filter(({ verdict }) => verdict === wanted).length;
  return WORST_FIRST.filter((verdict) => of(verdict) > 0)
    .map((verdict) => `${of(verdict)} ${alone(verdict)}`)
    .join(', ');
}

const replicaLine = (one: DigestNews): string =>
  `- ${printable(one.replica, 128)} ${SAYS[one.verdict]}${isMassChange(one) ? ' (a mass change waits for a person)' : ''}`;

function remedyLines(news: readonly DigestNews[], { stateMachineArn }: NoticeLinks): string[] {
  if (news.every(isWell)) return ['Nothing to do.'];
  return [
    'What to do:',
    ...(news.some(isMassChange)
      ? [
          '- A mass change may be an accident or an attack. Ask whoever owns the source; until then nothing of it is carried out.',
          `  docs/runbook.md: "${RUNBOOK.refused}" has both ways out.`,
        ]
      : []),
    '- So many at once mostly have one cause (a right that was taken away, a side that is down). Open the sweep, and there the',
    '  execution of one of the worst: it says what failed, and what is to be done about it.',
    '- When that is done, sweep again:',
    `    ${startCommand(stateMachineArn, {})}`,
  ];
}
