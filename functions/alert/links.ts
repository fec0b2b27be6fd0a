import { consoleUrl } from '../../aws/console-url.ts';
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
