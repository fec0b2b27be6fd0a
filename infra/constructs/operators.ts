import { Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WRITING_ACTIONS } from './access.ts';
import { acknowledge, wildcard } from './acknowledged.ts';
import { NAMES } from './names.ts';
import type { Workflow } from './workflow.ts';

export interface OperatorsProps {
  /** Who may take the role: ARNs of users, roles or accounts. */
  principals: readonly string[];
  workflow: Workflow;
  table: dynamodb.ITable;
  logGroups: logs.ILogGroup[];
}

/** A role for people: looks at everything, starts and stops executions, and writes to no repository. Taken with MFA. */
export class Operators extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, { principals, workflow, table, logGroups }: OperatorsProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      roleName: NAMES.operatorRole(Stack.of(this).region),
      description: 'ccrepl: looks at everything, starts and stops executions, writes to no repository',
      assumedBy: new iam.CompositePrincipal(...principals.map((arn) => new iam.ArnPrincipal(arn))).withConditions({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      }),
    });
    const machines = [workflow.replicate, workflow.sweep].map(({ arns }) => arns);
    const allow = (sid: string, actions: string[], resources: string[]) =>
      this.role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources }));
    allow(
      'Start',
      ['states:DescribeStateMachine', 'states:ListExecutions', 'states:StartExecution'],
      machines.map(({ stateMachine }) => stateMachine),
    );
    allow(
      'FollowAndStop',
      ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
      machines.map(({ executions }) => executions),
    );
    // `ccrepl start` looks for a state machine by its name; AWS has no narrower right for a list.
    allow('FindByName', ['states:ListStateMachines'], ['*']);
    allow('ReadRecords', ['dynamodb:GetItem', 'dynamodb:Scan'], [table.tableArn]);
    allow(
      'ReadLogs',
      ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery'],
      logGroups.map(({ logGroupArn }) => logGroupArn),
    );
    // The console's pages of alarms, dashboard and logs; for these AWS has no narrower right.
    allow(
      'Look',
      [
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetDashboard',
        'cloudwatch:GetMetricData',
        'cloudwatch:ListDashboards',
        'cloudwatch:ListMetrics',
        'logs:DescribeLogGroups',
      ],
      ['*'],
    );
    // The answer to a query is asked for by its id alone.
    allow('ReadAnswers', ['logs:GetQueryResults'], ['*']);
    // DynamoDB uses the table's key in the name of whoever reads.
    if (table.encryptionKey !== undefined) allow('ReadEncrypted', ['kms:Decrypt'], [table.encryptionKey.keyArn]);
    this.role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'NeverPush',
        effect: iam.Effect.DENY,
        actions: WRITING_ACTIONS,
        resources: ['*'],
      }),
    );
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]': 'Lists and answers to queries have no resources: AWS asks for "*"',
      ...Object.fromEntries(
        machines.map(({ executions }) => [
          wildcard(this, executions),
          'Any execution of our own machines: their names are made when they start',
        ]),
      ),
    });
  }
}
