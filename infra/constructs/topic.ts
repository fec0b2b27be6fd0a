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
  const topic = ownTopic(scope, id, options.emails, {
    topicName: NAMES.topic,
    displayName: 'ccrepl',
    ...(key && { masterKey: key }),
  });
  acknowledge(topic, {
    'Serverless-SNSRedrivePolicy':
      'A mail server that takes nothing leaves nothing to deliver later; an alarm tells of it',
    ...(key === undefined && { 'NIST.800.53.R5-SNSEncryptedKMS': AWS_OWNED_KEYS }),
  });
  return topic;
}

/**
 * Where the alarms that say that nobody may hear of the alerts go as well. It has no key of a customer: one that is disabled would silence
 * both topics.
 */
export function alarmTopic(scope: Construct, id: string, { options }: Pick<Common, 'options'>): sns.ITopic {
  if (options.alarmTopicArn !== undefined) return sns.Topic.fromTopicArn(scope, id, options.alarmTopicArn);
  const topic = ownTopic(scope, id, options.emails, { topicName: NAMES.alarmTopic, displayName: 'ccrepl alarms' });
  acknowledge(topic, {
    'Serverless-SNSRedrivePolicy': 'What could not be delivered here went to the topic of the alerts, too',
    'NIST.800.53.R5-SNSEncryptedKMS':
      'A key that is disabled must not silence this topic with the other; names of alarms are all that it carries',
  });
  return topic;
}

/** Alarms of this account may publish; addresses are subscribed, and AWS asks each to confirm. */
function ownTopic(scope: Construct, id: string, emails: readonly string[], props: sns.TopicProps): sns.Topic {
  const topic = new sns.Topic(scope, id, { ...props, enforceSSL: true });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  for (const address of emails) topic.addSubscription(new EmailSubscription(address));
  return topic;
}
