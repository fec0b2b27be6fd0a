import { printable } from '../../git/ref.ts';
import type { ReplicaNews } from '../contract.ts';
import type { Replica } from '../settings.ts';
import { comparisonFailureLines, taskFailureLines } from './failure.ts';
import { extentOf, headLines } from './heads.ts';
import { reasonsIn } from './kind.ts';
import { labelled, type Notice, type NoticeLinks, replicaNotice } from './message.ts';
import { comparisonIn, occasionOf, toldOf, troubleSince } from './occasion.ts';
import { placeLines } from './place.ts';
import { remedyLines } from './remedies.ts';
import { runbookLine } from './runbook.ts';
import { dayOf, momentOf, momentWithAge } from './times.ts';

const REASONS_SHOWN = 300;

/** What people are told of a replica that is not in sync, or of which nobody knows: new, changed, or still so. */
export function composeTrouble(news: ReplicaNews, replica: Replica | undefined, links: NoticeLinks): Notice {
  const { state } = news;
  const comparison = comparisonIn(state);
  return replicaNotice(state.run.replica, subjectOf(state), [
    firstLine(state),
    '',
    ...placeLines(replica),
    ...reasonLines(state),
    ...sinceLines(state),
    labelled('Execution', links.executionUrl),
    runbookLine(state.outcome.verdict),
    '',
    ...(comparison === undefined ? comparisonFailureLines(state.outcome) : headLines(comparison)),
    ...taskFailureLines(state),
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
  if (occasion !== 'changed') return `is ${verdict}`;
  return isSameVerdict(state)
    ? `is still ${verdict}, for other reasons`
    : `is now ${verdict} (before, ${toldBefore(state)})`;
}

function firstLine(state: ReplicaNews['state']): string {
  const { outcome, run } = state;
  const occasion = occasionOf(state);
  const comparison = comparisonIn(state);
  const since = momentWithAge(troubleSince(state), outcome.seenAt);
  if (comparison === undefined) {
    if (occasion !== 'reminder') return `Whether the replica "${run.replica}" is in sync could not be found out.`;
    return `Whether the replica "${run.replica}" is in sync is still not known: it has not been well since ${since}. ${lastTold(state, `: ${toldBefore(state)}`)}`;
  }
  const extent = extentOf(comparison);
  if (occasion === 'reminder') {
    return `The replica "${run.replica}" is still ${outcome.verdict}, since ${since}: ${extent}. ${lastTold(state)}`;
  }
  if (occasion === 'new') return `The replica "${run.replica}" is ${outcome.verdict}: ${extent}.`;
  if (isSameVerdict(state)) {
    return `The replica "${run.replica}" is still ${outcome.verdict}, but for other reasons: ${extent}. ${lastTold(state)}`;
  }
  return `The replica "${run.replica}" is now ${outcome.verdict}: ${extent}. Before, ${toldBefore(state)}.`;
}

const isSameVerdict = ({ recorded, outcome }: ReplicaNews['state']): boolean =>
  recorded?.Attributes?.told?.S === outcome.verdict;

const toldBefore = ({ recorded }: ReplicaNews['state']): string => toldOf(recorded?.Attributes?.told?.S ?? 'unknown');

function lastTold({ recorded }: ReplicaNews['state'], what = ''): string {
  const at = recorded?.Attributes?.toldAt?.S;
  return `People were last told${at === undefined ? '' : ` on ${momentOf(at)}`}${what}.`;
}

/** What is other about trouble of the same verdict: the heads below show only how it is now. */
function reasonLines(state: ReplicaNews['state']): string[] {
  if (occasionOf(state) !== 'changed' || !isSameVerdict(state)) return [];
  const now = reasonsIn(state.outcome.kind);
  const before = reasonsIn(state.recorded?.Attributes?.toldKind?.S ?? '');
  const added = now.filter((reason) => !before.includes(reason));
  const over = before.filter((reason) => !now.includes(reason));
  const says = [
    ...(added.length > 0 ? [`now also ${added.join(', ')}`] : []),
    ...(over.length > 0 ? [`no longer ${over.join(', ')}`] : []),
  ];
  return says.length === 0 ? [] : [labelled('Reasons', printable(says.join('; '), REASONS_SHOWN))];
}

/** A reminder has said since when in its first line. */
function sinceLines(state: ReplicaNews['state']): string[] {
  const { seenAt } = state.outcome;
  const proven = state.recorded?.Attributes?.verifiedAt?.S;
  return [
    ...(occasionOf(state) === 'reminder' ? [] : [labelled('Since', momentWithAge(troubleSince(state), seenAt))]),
    labelled('Last proven', proven === undefined ? 'never' : momentWithAge(proven, seenAt)),
  ];
}
