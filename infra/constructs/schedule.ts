import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { maySendEncrypted } from './encryption.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';
import type { ReplicationStateMachine } from './state-machine.ts';

export interface SweepScheduleProps extends Common {
  sweep: ReplicationStateMachine;
  deadLetters: sqs.IQueue;
}

/** Starts the sweep every so many minutes: what makes replication correct where triggers are best effort. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, { sweep, deadLetters, options, key }: SweepScheduleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const group = new scheduler.ScheduleGroup(this, 'Group', {
      scheduleGroupName: NAMES.schedule,
      // One that stays would stand in the way of the next deployment, which gives it the same name.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: NAMES.schedule,
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          },
        },
      }),
    });
    maySendEncrypted(role, key);
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      scheduleName: NAMES.schedule,
      scheduleGroup: group,
      description: 'ccrepl: looks at every replica, whatever triggers said',
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(options.sweepMinutes)),
      target: new targets.StepFunctionsStartExecution(sweep.stateMachine, {
        role,
        input: scheduler.ScheduleTargetInput.fromObject({}),
        deadLetterQueue: deadLetters,
        // A sweep that did not start is made good by the next.
        maxEventAge: Duration.minutes(Math.max(1, Math.min(options.sweepMinutes, 60))),
        retryAttempts: 10,
      }),
      ...(key && { key }),
    });
    // By name it waits for neither, and a first call without rights would be a dead letter.
    schedule.node.addDependency(group, role);
  }
}
