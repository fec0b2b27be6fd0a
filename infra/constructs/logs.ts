import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Options } from '../configuration/configuration.ts';
import { AWS_OWNED_KEYS, acknowledge } from './acknowledged.ts';

/** What all of a deployment's constructs are made with. */
export interface Common {
  options: Options;
  /** Undefined: AWS's own keys. */
  key: kms.IKey | undefined;
}

/** A log group of its own, which goes with the deployment. */
export function logGroup(scope: Construct, id: string, logGroupName: string, { options, key }: Common): logs.LogGroup {
  const group = new logs.LogGroup(scope, id, {
    logGroupName,
    retention: options.logRetentionDays as logs.RetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key && { encryptionKey: key }),
  });
  if (key === undefined) acknowledge(group, { 'NIST.800.53.R5-CloudWatchLogGroupEncrypted': AWS_OWNED_KEYS });
  return group;
}
