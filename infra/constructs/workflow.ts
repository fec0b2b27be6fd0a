import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeDataKeys, wildcard } from './acknowledged.ts';
import type { Functions } from './functions.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';
import type { TaskNetwork } from './network.ts';
import { ReplicationStateMachine } from './state-machine.ts';
import type { ReplicationTask } from './task.ts';

export interface WorkflowProps extends Common {
  functions: Functions;
  task: ReplicationTask;
  network: TaskNetwork;
  table: dynamodb.ITable;
  topic: sns.ITopic;
}

/** The two state machines: `replicate` for one replica, `sweep` for all. */
export class Workflow extends Construct {
  readonly replicate: ReplicationStateMachine;
  readonly sweep: ReplicationStateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { functions, task, network, table, topic } = props;
    const common = { options: props.options, key: props.key };
    const shared = {
      ReadInputFunctionArn: functions.readInput.arn,
      AlertFunctionArn: functions.alert.arn,
      TopicArn: topic.topicArn,
      TableName: table.tableName,
    };
    const data = [...tableKey(props), ...publish(props)];
    this.replicate = new ReplicationStateMachine(this, 'Replicate', {
      ...common,
      name: NAMES.replicate,
      file: 'replicate.asl.json',
      description: 'Replicates one replica and proves it.',
      substitutions: {
        ...shared,
        CompareHeadsFunctionArn: functions.compareHeads.arn,
        ClusterArn: task.cluster.attrArn,
        TaskDefinitionArn: task.definitionArn,
        SubnetIds: network.subnetIds.join(','),
        SecurityGroupIds: network.securityGroupIds.join(','),
        AssignPublicIp: network.assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
      rights: ({ stateMachine, executions }) => [
        allow(
          'Invoke',
          ['lambda:InvokeFunction'],
          [functions.readInput, functions.compareHeads, functions.alert].map(({ arn }) => arn),
        ),
        allow('Records', ['dynamodb:UpdateItem'], [table.tableArn]),
        allow('GoOnInAnother', ['states:StartExecution'], [stateMachine]),
        allow('AskForHolder', ['states:DescribeExecution'], [executions]),
        ...data,
        ...runTask(this, task),
      ],
    });
    const { stateMachine: replicateArn, executions: replicateExecutions } = this.replicate.arns;
    this.sweep = new ReplicationStateMachine(this, 'Sweep', {
      ...common,
      name: NAMES.sweep,
      file: 'sweep.asl.json',
      distributed: true,
      description: 'Runs replicate for every replica.',
      substitutions: {
        ...shared,
        SummariseSweepFunctionArn: functions.summariseSweep.arn,
        ReplicateStateMachineArn: replicateArn,
      },
      rights: ({ stateMachine, executions }) => [
        allow(
          'Invoke',
          ['lambda:InvokeFunction'],
          [functions.readInput, functions.summariseSweep, functions.alert].map(({ arn }) => arn),
        ),
        allow('Records', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [table.tableArn]),
        // A distributed map runs each item as an execution of the machine itself.
        allow('Replicate', ['states:StartExecution'], [replicateArn, stateMachine]),
        allow(
          'Follow',
          ['states:DescribeExecution', 'states:StopExecution'],
          [replicateExecutions, executions, childExecutions(stateMachine)],
        ),
        managedRule(this, 'StepFunctionsGetEventsForStepFunctionsExecutionRule'),
        ...data,
      ],
    });
    const anyOf = (arn: string, what: string) => ({
      [wildcard(this, arn)]: `Any ${what}: their names are made when they start`,
    });
    if (props.key !== undefined) acknowledgeDataKeys(this);
    const { tasks, definitions } = taskArns(this, task);
    acknowledge(this, {
      ...anyOf(replicateExecutions, 'execution of replicate'),
      ...anyOf(this.sweep.arns.executions, 'execution of the sweep'),
      ...anyOf(childExecutions(this.sweep.arns.stateMachine), 'item of a sweep'),
      ...anyOf(tasks, 'task in our cluster'),
      ...anyOf(definitions, 'revision of our task definition'),
    });
  }
}

/** The executions of a distributed map's items: `NAME/LABEL:ID`. */
const childExecutions = (stateMachineArn: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}/*:*`;

const taskArns = (scope: Construct, { definitionArn }: ReplicationTask) => ({
  tasks: Stack.of(scope).formatArn({ service: 'ecs', resource: 'task', resourceName: `${NAMES.cluster}/*` }),
  definitions: `${definitionArn}:*`,
});

const allow = (sid: string, actions: string[], resources: string[]): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid, actions, resources });

const publish = ({ topic }: WorkflowProps) => [allow('TellInPlainWords', ['sns:Publish'], [topic.topicArn])];

/** The table's key and the topic's: DynamoDB and SNS use them in the name of whoever asks. */
function tableKey({ key }: WorkflowProps): iam.PolicyStatement[] {
  return key === undefined ? [] : [allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey*'], [key.keyArn])];
}

/** `ecs:runTask.sync`: starts our task in our cluster, hears of its end by a rule that Step Functions keeps, and stops it. */
function runTask(scope: Construct, task: ReplicationTask): iam.PolicyStatement[] {
  const { cluster, definitionArn, role, executionRole } = task;
  const { tasks, definitions } = taskArns(scope, task);
  const run = new iam.PolicyStatement({
    sid: 'RunTask',
    actions: ['ecs:RunTask'],
    // The family, and each of its revisions: which of the two is asked for depends on how the task definition is named.
    resources: [definitionArn, definitions],
    conditions: { ArnEquals: { 'ecs:cluster': cluster.attrArn } },
  });
  const noShell = new iam.PolicyStatement({
    sid: 'NoShellInATask',
    effect: iam.Effect.DENY,
    actions: ['ecs:RunTask'],
    resources: ['*'],
    conditions: { StringEquals: { 'ecs:enable-execute-command': 'true' } },
  });
  const pass = new iam.PolicyStatement({
    sid: 'PassTaskRoles',
    actions: ['iam:PassRole'],
    resources: [role.roleArn, executionRole.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  // A state machine that propagates tags of the definition tags the task in the call that starts it.
  const tag = new iam.PolicyStatement({
    sid: 'TagTask',
    actions: ['ecs:TagResource'],
    resources: [tasks],
    conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
  });
  return [
    run,
    noShell,
    tag,
    allow('FollowTask', ['ecs:DescribeTasks', 'ecs:StopTask'], [tasks]),
    pass,
    managedRule(scope, 'StepFunctionsGetEventsForECSTaskRule'),
  ];
}

/** The rule by which Step Functions hears of the end of what it waits for; it makes and keeps it itself. */
const managedRule = (scope: Construct, name: string): iam.PolicyStatement =>
  allow(
    'HearOfItsEnd',
    ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
    [
      Stack.of(scope).formatArn({
        service: 'events',
        resource: 'rule',
        resourceName: name,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    ],
  );
