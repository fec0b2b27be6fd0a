import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { bundleForNode24 } from '../../build.ts';
import { acknowledge } from './acknowledged.ts';
import { maySendEncrypted } from './encryption.ts';
import { type Common, logGroup } from './logs.ts';
import { NAMES } from './names.ts';
import { fromStaged } from './staged.ts';

export interface ReplicationFunctionProps extends Common {
  /** Its folder in `functions/`. */
  folder: string;
  /** What it is called, if not as its folder. */
  name?: string;
  description: string;
  environment?: Record<string, string>;
  timeoutSeconds: number;
  memoryMiB?: number;
  /** How many may run at once; undefined: as many as the account allows. */
  concurrency: number | undefined;
  layers?: lambda.ILayerVersion[];
  /** Where events go on which it failed for good; only for functions that nobody waits for. */
  deadLetters?: sqs.IQueue;
  roleName?: string;
}

/** One of our functions: bundled, on ARM64 by default, with a role and a log group of its own. */
export class ReplicationFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
  readonly name: string;

  constructor(scope: Construct, id: string, props: ReplicationFunctionProps) {
    super(scope, id);
    const { folder, name = folder, options } = props;
    const functionName = NAMES.function(name);
    this.name = name;
    this.logGroup = logGroup(this, 'Logs', `/aws/lambda/${functionName}`, props);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      ...(props.roleName !== undefined && { roleName: props.roleName }),
    });
    this.logGroup.grantWrite(this.role);
    if (props.deadLetters !== undefined) maySendEncrypted(this.role, props.key);
    this.function = fromStaged(
      (staged) => bundleForNode24(`functions/${folder}/handler.ts`, join(staged, 'index.mjs')),
      (staged) =>
        new lambda.Function(this, 'Function', {
          functionName,
          description: props.description,
          runtime: lambda.Runtime.NODEJS_24_X,
          architecture: options.task.architecture === 'ARM64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
          handler: 'index.handler',
          code: lambda.Code.fromAsset(staged),
          role: this.role,
          logGroup: this.logGroup,
          tracing: lambda.Tracing.ACTIVE,
          timeout: Duration.seconds(props.timeoutSeconds),
          memorySize: props.memoryMiB ?? 256,
          ...(props.environment && { environment: props.environment }),
          ...(props.layers && { layers: props.layers }),
          ...(props.deadLetters && { deadLetterQueue: props.deadLetters }),
          ...(options.reservedConcurrency &&
            props.concurrency !== undefined && { reservedConcurrentExecutions: props.concurrency }),
        }),
    );
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]': 'X-Ray has no resources: AWS asks for "*"',
      'NIST.800.53.R5-LambdaInsideVPC':
        'It speaks to AWS’s own endpoints and to git hosts by TLS; a VPC would add NAT, and protect nothing',
      ...(props.deadLetters === undefined && {
        'Serverless-LambdaDLQ': WAITED_FOR,
        'NIST.800.53.R5-LambdaDLQ': WAITED_FOR,
      }),
    });
  }

  get arn(): string {
    return this.function.functionArn;
  }
}

const WAITED_FOR =
  'A state machine, or a deployment, waits for its answer and tells what failed: no event is left to itself';
