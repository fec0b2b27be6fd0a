import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { GitEndpoints } from '../../git/codecommit/endpoint.ts';
import type { AlertRequest } from '../../replication/contract.ts';
import { attributesOf } from '../../replication/notice/attributes.ts';
import { composeNotice } from '../../replication/notice.ts';
import type { Replica, Settings } from '../../replication/settings.ts';
import { linksOf } from './links.ts';

/** What the function knows of its own surroundings. */
export interface AlertHome {
  topicArn: string;
  settings: Settings;
  gitEndpoints: GitEndpoints;
}

/** Writes the message and publishes it, with attributes to filter subscriptions by. Gives the message's id. */
export async function publishAlert(request: AlertRequest, home: AlertHome, client: SNSClient): Promise<string> {
  const replica = replicaOf(request, home.settings);
  const { subject, message } = composeNotice(request, replica, linksOf(request.execution, replica, home.gitEndpoints));
  const attributes = Object.entries(attributesOf(request));
  const published = await client.send(
    new PublishCommand({
      TopicArn: home.topicArn,
      Subject: subject,
      Message: message,
      MessageAttributes: Object.fromEntries(
        attributes.map(([name, text]: [string, string]) => [name, { DataType: 'String', StringValue: text }]),
      ),
    }),
  );
  if (published.MessageId === undefined) throw new Error('SNS took the message, but gave it no id');
  return published.MessageId;
}

/** Undefined for a digest, and for a replica that was taken out of the settings meanwhile. */
const replicaOf = (request: AlertRequest, { replicas }: Settings): Replica | undefined =>
  'digest' in request ? undefined : replicas.find(({ id }) => id === request.state.run.replica);
