import type { Expanded } from './expand.ts';
import { otherAccountProblems } from './other-account-rules.ts';
import { policySizeProblems } from './policy-size.ts';
import { regionalProblems } from './regional-rules.ts';
import { loginProblems, pairProblems, replicaProblems } from './replica-rules.ts';
import type { ConfigurationDocument } from './schema.ts';

/** What is wrong with a document that has the right shape: what two of its parts say together. */
export function rulesBroken(document: ConfigurationDocument, expanded: readonly Expanded[]): string[] {
  return [
    ...alertProblems(document.alerts ?? {}).map((problem) => `alerts: ${problem}`),
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

/** Who is told, in a document or in an app of one's own. */
export function alertProblems({
  emails = [],
  topicArn,
  alarmTopicArn,
}: {
  emails?: readonly string[] | undefined;
  topicArn?: string | undefined;
  alarmTopicArn?: string | undefined;
}): string[] {
  if (topicArn === undefined) return [];
  return [
    ...(emails.length > 0
      ? ['"topicArn" and "emails" are both given: expected one of them; subscribe the addresses to your topic yourself']
      : []),
    ...(topicArn === alarmTopicArn
      ? ['"topicArn" and "alarmTopicArn" are the same: expected another topic, which tells when the first cannot']
      : []),
  ];
}
