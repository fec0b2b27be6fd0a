import type { ReplicaNews } from '../contract.ts';
import type { Replica } from '../settings.ts';
import { comparisonFailureLines, taskFailureLines } from './failure.ts';
import { extentOf, headLines } from './heads.ts';
import { labelled, type Notice, type NoticeLinks, replicaNotice } from './message.ts';
import { comparisonIn, occasionOf, toldOf, troubleSince } from './occasion.ts';
import { placeLines } from './place.ts';
import { remedyLines } from './remedies.ts';
import { runbookLine } from './runbook.ts';
import { dayOf, momentOf, momentWithAge } from './times.ts';

/** What people are told of a replica that is not in sync, or of which nobody knows: new, changed, or still so. */
export function composeTrouble(news: ReplicaNews, replica: Replica | undefined, links: NoticeLinks): Notice {
  const { state } = news;
  const comparison = comparisonIn(state);
  return replicaNotice(state.run.replica, subjectOf(state), [
    firstLine(news),
    '',
    ...placeLines(replica),
    ...sinceLines(news),
    labelled('Execution', links.executionUrl),
    runbookLine(state.outcome.verdict),
    '',
    ...(comparison === undefined ? comparisonFailureLines(state.outcome) : headLines(comparison)),
    ...taskFailureLines(state.tries),
    ...remedyLines(state, replica, links),
  ]);
}

function subjectOf(state: ReplicaNews['state']): string {
  const { verdict } = state.outcome;
  const occasion = occasionOf(state);
  if (occasion === 'reminder') {
    const still = verdict === 'unknown' ? 'not known to be in sync' : verdict;
    return `is still ${still} (since ${dayOf(troubleSince(state))})`;
  }
  if (verdict === 'unknown') return 'could not be checked';
  return occasion === 'changed' ? `is now ${verdict} (before, ${toldBefore(state)})` : `is ${verdict}`;
}

function firstLine(news: ReplicaNews): string {
  const { state } = news;
  const { outcome, run } = state;
  const occasion = occasionOf(state);
  const comparison = comparisonIn(state);
  const since = momentWithAge(troubleSince(state), seenAt(news));
  if (comparison === undefined) {
    if (occasion !== 'reminder') return `Whether the replica "${run.replica}" is in sync could not be found out.`;
    return `Whether the replica "${run.replica}" is in sync is still not known: it has not been well since ${since}. ${lastTold(state, `: ${toldBefore(state)}`)}`;
  }
  const extent = extentOf(comparison);
  if (occasion === 'reminder') {
    return `The replica "${run.replica}" is still ${outcome.verdict}, since ${since}: ${extent}. ${lastTold(state)}`;
  }
  if (occasion === 'new') return `The replica "${run.replica}" is ${outcome.verdict}: ${extent}.`;
  return `The replica "${run.replica}" is now ${outcome.verdict}: ${extent}. Before, ${toldBefore(state)}.`;
}

const toldBefore = ({ recorded }: ReplicaNews['state']): string => toldOf(recorded?.Attributes?.told?.S ?? 'unknown');

function lastTold({ recorded }: ReplicaNews['state'], what = ''): string {
  const at = recorded?.Attributes?.toldAt?.S;
  return `People were last told${at === undefined ? '' : ` on ${momentOf(at)}`}${what}.`;
}

/** A reminder has said since when in its first line. */
function sinceLines(news: ReplicaNews): string[] {
  const { state } = news;
  const since = troubleSince(state);
  const { wantedSince } = state.lease;
  return [
    ...(occasionOf(state) === 'reminder' ? [] : [labelled('Since', momentWithAge(since, seenAt(news)))]),
    ...(wantedSince === since
      ? []
      : [labelled('Not proven', `what was pushed to the source since ${momentWithAge(wantedSince, seenAt(news))}`)]),
  ];
}

/** When what is told was seen, as nearly as it is known. */
const seenAt = ({ state, startedAt }: ReplicaNews): string => comparisonIn(state)?.comparedAt ?? startedAt;
