import type { AlertRequest, ReplicaNews, SweepNews } from '../contract.ts';
import type { Verdict } from '../verdict.ts';
import { isMassChange } from './kind.ts';
import { worstVerdict } from './news.ts';

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
  return {
    replica: state.run.replica,
    verdict,
    severity: verdict === 'in-sync' ? 'info' : isMassChange(state.outcome) ? 'critical' : 'error',
  };
};

const ofDigest = ({ digest }: SweepNews): NoticeAttributes => {
  const verdict = worstVerdict(digest.news);
  const severity = verdict === 'in-sync' ? 'info' : digest.news.some(isMassChange) ? 'critical' : 'error';
  return { verdict, severity };
};
