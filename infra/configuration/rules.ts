import type { Expanded } from './expand.ts';
import { otherAccountProblems } from './other-account-rules.ts';
import { policySizeProblems } from './policy-size.ts';
import { regionalProblems } from './regional-rules.ts';
import { loginProblems, pairProblems, replicaProblems } from './replica-rules.ts';
import type { ConfigurationDocument } from './schema.ts';

/** What is wrong with a document that has the right shape: what two of its parts say together. */
export function rulesBroken(document: ConfigurationDocument, expanded: readonly Expanded[]): string[] {
  return [
    ...alertProblems(document),
    ...regionalProblems(document, expanded),
    ...expanded.flatMap(replicaProblems),
    ...expanded.flatMap(loginProblems),
    ...pairProblems(expanded),
    ...otherAccountProblems(document, expanded),
    ...policySizeProblems(
      expanded.map(({ replica }) => replica),
      document.region,
    ),
  ];
}

export const TOPIC_OR_EMAILS =
  '"topicArn" and "emails" are both given: expected one of them; subscribe the addresses to your topic yourself';

function alertProblems({ alerts }: ConfigurationDocument): string[] {
  return alerts?.topicArn !== undefined && alerts.emails !== undefined ? [`alerts: ${TOPIC_OR_EMAILS}`] : [];
}
