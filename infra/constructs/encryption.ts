import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Encryption } from '../configuration/configuration.ts';

/**
 * The key of the topic of alerts, table, queues and logs; undefined where AWS's own are used. A key of the deployment's own is rotated each year, and
 * scheduled for deletion when the deployment is removed: by then it protects nothing more.
 */
export function encryptionKey(scope: Construct, encryption: Encryption): kms.IKey | undefined {
  if (encryption === 'aws-owned') return undefined;
  if (encryption !== 'own-key') return kms.Key.fromKeyArn(scope, 'Key', encryption.keyArn);
  const key = new kms.Key(scope, 'Key', {
    description: 'ccrepl: topic, table, queues and logs',
    alias: 'alias/ccrepl',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const statement of servicesMayUse(Stack.of(scope))) key.addToResourcePolicy(statement);
  return key;
}

/** A queue with a key takes only what its sender may encrypt: Lambda and the scheduler send with the role that they have from us. */
export function maySendEncrypted(role: iam.Role, key: kms.IKey | undefined): void {
  if (key === undefined) return;
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
  role.addToPolicy(new iam.PolicyStatement({ sid: 'SendEncrypted', actions, resources: [key.keyArn] }));
}

/** What the key's policy must allow beside its account: services that use it for us (docs/security.md has it for a key of yours). */
function servicesMayUse(stack: Stack): iam.PolicyStatement[] {
  const use = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  const ours = { StringEquals: { 'aws:SourceAccount': stack.account } };
  const logGroups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    new iam.PolicyStatement({
      sid: 'Logs',
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:ReEncrypt*', 'kms:DescribeKey', ...use],
      // In the policy of a key, "*" is the key.
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }),
    new iam.PolicyStatement({
      sid: 'AlarmsAndSchedule',
      principals: [
        new iam.ServicePrincipal('cloudwatch.amazonaws.com'),
        new iam.ServicePrincipal('scheduler.amazonaws.com'),
      ],
      actions: use,
      resources: ['*'],
      conditions: ours,
    }),
  ];
}
