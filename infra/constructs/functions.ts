import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeDataKeys } from './acknowledged.ts';
import { ReplicationFunction } from './function.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';
import { SETTINGS_PATH } from './settings-layer.ts';

export interface FunctionsProps extends Common {
  /** The replicas. */
  settings: lambda.ILayerVersion;
  topic: sns.ITopic;
  deadLetters: sqs.IQueue;
}

/** The functions of the workflow, each with the role that its work needs. */
export class Functions extends Construct {
  readonly onPush: ReplicationFunction;
  readonly readInput: ReplicationFunction;
  readonly compareHeads: ReplicationFunction;
  readonly summariseSweep: ReplicationFunction;
  readonly alert: ReplicationFunction;

  constructor(scope: Construct, id: string, { settings, topic, deadLetters, ...common }: FunctionsProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const machine = (resourceName: string) =>
      stack.formatArn({
        service: 'states',
        resource: 'stateMachine',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const known = { layers: [settings] };
    const env = { CCREPL_SETTINGS: SETTINGS_PATH };
    this.onPush = new ReplicationFunction(this, 'OnPush', {
      ...common,
      ...known,
      folder: 'on-push',
      description: 'The CodeCommit trigger: starts an execution of replicate for each replica of the repository',
      environment: { ...env, CCREPL_STATE_MACHINE_ARN: machine(NAMES.replicate) },
      // Each start of an execution has five seconds for its answer, and the SDK tries three times.
      timeoutSeconds: 30,
      concurrency: 10,
      deadLetters,
    });
    this.onPush.role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'StartReplication',
        actions: ['states:StartExecution'],
        resources: [machine(NAMES.replicate)],
      }),
    );
    this.readInput = new ReplicationFunction(this, 'ReadInput', {
      ...common,
      ...known,
      folder: 'read-input',
      description:
        'The first state of both state machines: what an execution is to do, or what is wrong with its input',
      environment: { ...env, CCREPL_SWEEP_STATE_MACHINE_ARN: machine(NAMES.sweep) },
      timeoutSeconds: 30,
      concurrency: 20,
    });
    this.compareHeads = new ReplicationFunction(this, 'CompareHeads', {
      ...common,
      ...known,
      folder: 'compare-heads',
      description: 'Reads every ref of both sides and says how a replica stands; can push nowhere',
      environment: env,
      // The state that calls it waits for 120.
      timeoutSeconds: 100,
      memoryMiB: 512,
      concurrency: 40,
      roleName: NAMES.checkerRole(stack.region),
    });
    this.summariseSweep = new ReplicationFunction(this, 'SummariseSweep', {
      ...common,
      folder: 'summarise-sweep',
      description: 'Says how a sweep ended',
      timeoutSeconds: 30,
      concurrency: 2,
    });
    this.alert = new ReplicationFunction(this, 'Alert', {
      ...common,
      ...known,
      folder: 'alert',
      description: 'Writes one clear message about a replica, or about many, and publishes it',
      environment: { ...env, CCREPL_TOPIC_ARN: topic.topicArn },
      timeoutSeconds: 30,
      concurrency: 10,
    });
    topic.grantPublish(this.alert.role);
    if (common.key !== undefined) acknowledgeDataKeys(this.alert);
  }

  get all(): ReplicationFunction[] {
    return [this.onPush, this.readInput, this.compareHeads, this.summariseSweep, this.alert];
  }
}
