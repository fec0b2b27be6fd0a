import type { ReplicaNews } from '../contract.ts';
import type { Replica } from '../settings.ts';
import { labelled, type Notice, type NoticeLinks, replicaNotice } from './message.ts';
import { toldOf } from './occasion.ts';
import { placeLines } from './place.ts';
import { runbookLine } from './runbook.ts';
import { durationOf, momentOf } from './times.ts';

/** What people who were told of trouble are told when it is over: that it is, and what proves it. */
export function composeRecovery(news: ReplicaNews, replica: Replica | undefined, links: NoticeLinks): Notice {
  const { run } = news.state;
  return replicaNotice(run.replica, 'is in sync again', [
    `The replica "${run.replica}" is in sync again.`,
    '',
    ...placeLines(replica),
    ...proofLines(news.state),
    ...pastLines(news.state),
    labelled('Execution', links.executionUrl),
    runbookLine('in-sync'),
    '',
    'Nothing to do.',
  ]);
}

function proofLines({ outcome, compared }: ReplicaNews['state']): string[] {
  const heads = compared?.result.counts.source ?? 0;
  const proof =
    heads === 0
      ? 'neither side has a head'
      : heads === 1
        ? '1 head, equal on both sides'
        : `${heads} heads, each equal on both sides`;
  return [labelled('Verified', `${momentOf(outcome.seenAt)}: ${proof}`)];
}

function pastLines({ outcome, recorded }: ReplicaNews['state']): string[] {
  const { driftedSince, told, toldAt } = recorded?.Attributes ?? {};
  const lines: string[] = [];
  if (driftedSince !== undefined) {
    const lasted = durationOf(driftedSince.S, outcome.seenAt);
    lines.push(labelled('In trouble', `since ${momentOf(driftedSince.S)}${lasted === '' ? '' : `, for ${lasted}`}`));
  }
  if (told !== undefined) {
    lines.push(labelled('Last told', `${toldAt === undefined ? '' : `${momentOf(toldAt.S)}: `}${toldOf(told.S)}`));
  }
  return lines;
}
