import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';

/** What could not be delivered: trigger events and calls of the schedule. Nobody reads it but people: each is made good by the next sweep. */
export function deadLetterQueue(scope: Construct, id: string, { key }: Common): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    queueName: NAMES.deadLetters,
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key === undefined
      ? { encryption: sqs.QueueEncryption.SQS_MANAGED }
      : { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: key }),
  });
  acknowledge(queue, {
    'Serverless-SQSRedrivePolicy': 'This is the queue for dead letters; nobody reads it but people',
  });
  return queue;
}
