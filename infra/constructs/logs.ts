import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Options } from '../configuration/configuration.ts';

/** What all of a deployment's constructs are made with. */
export interface Common {
  options: Options;
  /** Undefined: AWS's own keys. */
  key: kms.IKey | undefined;
}

/** A log group of its own, which goes with the deployment. */
export const logGroup = (scope: Construct, id: string, logGroupName: string, { options, key }: Common): logs.LogGroup =>
  new logs.LogGroup(scope, id, {
    logGroupName,
    retention: options.logRetentionDays as logs.RetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key && { encryptionKey: key }),
  });
