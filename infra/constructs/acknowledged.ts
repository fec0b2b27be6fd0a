import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The rule packs of cdk-nag that the tests run; a finding's name begins with its pack's. */
type Finding = `${'AwsSolutions' | 'Serverless' | 'NIST.800.53.R5'}-${string}`;

/**
 * Findings of rule packs, in this scope and below, that are as they should be: each with its reason. Whoever runs cdk-nag over an app with
 * these constructs sees no finding twice.
 */
export function acknowledge(scope: Construct, reasons: Partial<Record<Finding, string>>): void {
  for (const [finding, reason] of Object.entries(reasons) as [Finding, string][]) {
    const pack = /^(AwsSolutions|Serverless|NIST\.800\.53\.R5)-/.exec(finding)?.[1];
    Validations.of(scope).acknowledge({ id: `${pack}::${finding}`, reason });
  }
}

export const AWS_OWNED_KEYS =
  'Encrypted with a key of AWS, as the configuration says; "encryption": "own-key" makes one of its own';

/** With a key of the customer's: the CDK, and what AWS asks of who publishes, allow more than one way to a data key. */
export const acknowledgeDataKeys = (scope: Construct): void =>
  acknowledge(scope, {
    'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]': 'With plaintext or without, as the service asks; of the one key',
  });

export const acknowledgeInlinePolicies = (scope: Construct): void =>
  acknowledge(scope, {
    'NIST.800.53.R5-IAMNoInlinePolicy': 'Each policy is for one role, is reviewed with it, and goes with it',
  });

/** The finding about a wildcard in a policy's resource, as cdk-nag writes it. */
export const wildcard = (scope: Construct, arn: string): Finding =>
  `AwsSolutions-IAM5[Resource::${written(Stack.of(scope).resolve(arn))}]`;

/** What a template says of an ARN: references in angle brackets. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': getAtt, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(getAtt)) return `<${getAtt.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(written).join(join[0] as string);
  return JSON.stringify(value);
}
