import type { AlertRequest, ReplicaNews, SweepNews } from '../contract.ts';
import type { Verdict } from '../verdict.ts';
import { readNews } from './news.ts';
import { comparisonIn } from './occasion.ts';

/** What subscriptions can be filtered by. Never empty: SNS takes no message with an empty attribute. */
export interface NoticeAttributes {
  /** Absent for news of many replicas. */
  replica?: string;
  /** The worst of many. */
  verdict: Verdict;
  severity: 'critical' | 'error' | 'info';
}

export const attributesOf = (request: AlertRequest): NoticeAttributes =>
  'digest' in request ? ofDigest(request) : ofReplica(request);

const ofReplica = ({ state }: ReplicaNews): NoticeAttributes => {
  const { verdict } = state.outcome;
  // A mass change may be an accident or an attack, and somebody should look now.
  const isCritical = comparisonIn(state)?.massChange?.confirmed === false;
  return {
    replica: state.run.replica,
    verdict,
    severity: verdict === 'in-sync' ? 'info' : isCritical ? 'critical' : 'error',
  };
};

const ofDigest = ({ digest }: SweepNews): NoticeAttributes => {
  const verdict = readNews(digest.news)[0]?.verdicts[0] ?? 'unknown';
  return { verdict, severity: verdict === 'in-sync' ? 'info' : 'error' };
};
