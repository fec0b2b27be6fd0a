import { codeCommitUrl, type GitEndpoints } from '../../git/codecommit/endpoint.ts';
import type { NoticeLinks } from '../../replication/notice/message.ts';
import { isCodeCommit, type Replica, type Side } from '../../replication/settings.ts';

/** What the reader of a message needs besides what the execution knows. */
export const linksOf = (
  executionArn: string,
  replica: Replica | undefined,
  gitEndpoints: GitEndpoints,
): NoticeLinks => ({
  stateMachineArn: executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''),
  executionUrl: consoleUrl(executionArn),
  sourceUrl: urlOf(replica?.source, gitEndpoints),
  destinationUrl: urlOf(replica?.destination, gitEndpoints),
});

/** Where git finds a side; empty if it is not configured. */
function urlOf(side: Side | undefined, endpoints: GitEndpoints): string {
  if (side === undefined) return '';
  return isCodeCommit(side) ? codeCommitUrl(side.region, side.repository, endpoints).href : side.url;
}

/** The consoles of the partitions that have their own. */
const CONSOLES = new Map([
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
]);

/** Where the AWS console shows an execution. */
function consoleUrl(executionArn: string): string {
  const [, partition = '', , region] = executionArn.split(':');
  const host = CONSOLES.get(partition) ?? `${region}.console.aws.amazon.com`;
  return `https://${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}
