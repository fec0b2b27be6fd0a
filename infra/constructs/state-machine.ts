import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged.ts';
import { definitionBody } from './definition.ts';
import { type Common, logGroup } from './logs.ts';

export interface ReplicationStateMachineProps extends Common {
  name: string;
  /** In `state-machines/`. */
  file: string;
  description: string;
  /** Whether it has a distributed map, whose children are executions of `NAME/LABEL`. */
  distributed?: boolean;
  /** Values for the placeholders of the file: all of them, and no other. */
  substitutions: Record<string, string>;
  /** What its states do, beside logs and traces. */
  rights: (arns: StateMachineArns) => iam.PolicyStatement[];
}

export interface StateMachineArns {
  stateMachine: string;
  /** Of its executions. */
  executions: string;
}

/** One of our state machines, with a role of its own that may do just what its states do. */
export class ReplicationStateMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
  readonly arns: StateMachineArns;

  constructor(scope: Construct, id: string, props: ReplicationStateMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { name } = props;
    const arn = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    // Made of the name: a policy that names the machine, and the machine that needs the policy, would wait for each other.
    this.arns = { stateMachine: arn('stateMachine', name), executions: arn('execution', `${name}:*`) };
    const { stateMachine } = this.arns;
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': props.distributed ? [stateMachine, `${stateMachine}/*`] : stateMachine },
        },
      }),
    });
    for (const statement of props.rights(this.arns)) this.role.addToPolicy(statement);
    // The prefix keeps the log's resource policy within its limit of 5,120 characters.
    this.logGroup = logGroup(this, 'Logs', `/aws/vendedlogs/states/${name}`, props);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      comment: props.description,
      definitionBody: definitionBody(props.file),
      definitionSubstitutions: props.substitutions,
      role: this.role,
      tracingEnabled: true,
      // Without the data of executions: names of refs are nobody's business who reads logs, and they would be most of the bill.
      logs: { destination: this.logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]':
        'X-Ray, and the delivery of logs, have no resources: AWS asks for "*"; the denial of a shell in tasks is for all',
    });
  }
}
