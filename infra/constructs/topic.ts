import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { AWS_OWNED_KEYS, acknowledge } from './acknowledged.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';

/** Where people are told: a topic of the deployment's own, or one that is there. */
export function alertTopic(scope: Construct, id: string, { options, key }: Common): sns.ITopic {
  if (options.topicArn !== undefined) return sns.Topic.fromTopicArn(scope, id, options.topicArn);
  const topic = new sns.Topic(scope, id, {
    topicName: NAMES.topic,
    displayName: 'ccrepl',
    enforceSSL: true,
    ...(key && { masterKey: key }),
  });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  for (const address of options.emails) topic.addSubscription(new EmailSubscription(address));
  acknowledge(topic, {
    'Serverless-SNSRedrivePolicy':
      'A mail server that takes nothing leaves nothing to deliver later; an alarm tells of it',
    ...(key === undefined && { 'NIST.800.53.R5-SNSEncryptedKMS': AWS_OWNED_KEYS }),
  });
  return topic;
}
