import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { codeCommitUrl, type GitEndpoints } from '../../git/codecommit/endpoint.ts';
import type { AlertRequest } from '../../replication/contract.ts';
import { composeNotice, type Notice, type NoticeLinks, replicaOf, severityOf } from '../../replication/notice.ts';
import { isCodeCommit, type Settings, type Side } from '../../replication/settings.ts';

/** What the function knows of its own surroundings. */
export interface AlertHome {
  topicArn: string;
  settings: Settings;
  gitEndpoints: GitEndpoints;
}

/** Writes the message and publishes it, with attributes to filter subscriptions by. Gives the message's id. */
export async function publishAlert(request: AlertRequest, home: AlertHome, client: SNSClient): Promise<string> {
  const { subject, message } = compose(request, home);
  const attribute = (text: string) => ({ DataType: 'String', StringValue: text });
  const published = await client.send(
    new PublishCommand({
      TopicArn: home.topicArn,
      Subject: subject,
      Message: message,
      MessageAttributes: {
        replica: attribute(replicaOf(request)),
        verdict: attribute(verdictIn(request)),
        severity: attribute(severityOf(request)),
      },
    }),
  );
  if (published.MessageId === undefined) throw new Error('SNS took the message, but gave it no id');
  return published.MessageId;
}

function compose(request: AlertRequest, home: AlertHome): Notice {
  const replica = home.settings.replicas.find(({ id }) => id === replicaOf(request));
  const links: NoticeLinks = {
    stateMachineArn: request.execution.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''),
    executionUrl: consoleUrl(request.execution),
    sourceUrl: urlOf(replica?.source, home.gitEndpoints),
    destinationUrl: urlOf(replica?.destination, home.gitEndpoints),
  };
  return composeNotice(request, replica, links);
}

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

/** What is known now: after a comparison that failed, what an earlier one found no longer counts. */
const verdictIn = ({ state }: AlertRequest): string =>
  state.outcome.Error === 'Ccrepl.Drift' ? (state.compared?.result.verdict ?? 'unknown') : 'unknown';
