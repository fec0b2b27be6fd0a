import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Alarms, metric } from './alarms.ts';
import type { Functions } from './functions.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';
import type { ReplicationTask } from './task.ts';
import type { Workflow } from './workflow.ts';

export interface DashboardProps extends Common {
  alarms: Alarms;
  functions: Functions;
  task: ReplicationTask;
  workflow: Workflow;
}

const FULL = 24;
const HALF = 12;

/**
 * What a person opens first: alarms, lag, runs, bytes; and how each replica stands. The tables ask the logs, so that they cost nothing while
 * nobody looks, whatever the number of replicas.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { alarms, functions, task, workflow, options }: DashboardProps) {
    super(scope, id);
    const period = Duration.minutes(Math.max(5, options.sweepMinutes));
    const total = { statistic: 'Sum', period };
    const { replicate } = workflow;
    const graph = (title: string, left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title, left, width: HALF, height: 6, leftYAxis: { min: 0 } });
    const table = (title: string, logGroupName: string, queryLines: string[]) =>
      new cloudwatch.LogQueryWidget({ title, logGroupNames: [logGroupName], queryLines, width: FULL, height: 8 });
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: NAMES.dashboard(Stack.of(this).region),
      defaultInterval: Duration.days(1),
      widgets: [
        [
          new cloudwatch.AlarmStatusWidget({
            title: 'Alarms (docs/runbook.md)',
            alarms: alarms.all,
            width: FULL,
            height: 4,
          }),
        ],
        [
          graph('Lag: the longest that a look has been wanted, in seconds', [
            metric('LagSeconds', { statistic: 'Maximum', period, label: 'longest' }),
            metric('LagSeconds', { statistic: 'p50', period, label: 'median' }),
          ]),
          graph('Runs', [
            replicate.stateMachine.metricStarted({ ...total, label: 'executions' }),
            metric('Tasks', { ...total, label: 'tasks' }),
            metric('TasksFailed', { ...total, label: 'tasks that failed' }),
          ]),
        ],
        [
          graph('Bytes of packs', [metric('PackBytes', { ...total, label: 'bytes' })]),
          graph('Sweeps: replicas', [
            metric('ReplicasProven', { ...total, label: 'proven' }),
            metric('ReplicasRepaired', { ...total, label: 'repaired' }),
            metric('ReplicasDrifted', { ...total, label: 'drifted' }),
            metric('ReplicasFailed', { ...total, label: 'failed' }),
          ]),
        ],
        [
          table('Replicas: how each stood when it was last looked at', functions.compareHeads.logGroup.logGroupName, [
            'filter message in ["compared", "not compared"]',
            'fields strcontains(verdict, "in-sync") as proven',
            'stats latest(proven) as InSync, latest(verdict) as Verdict, latest(counts.source) as Heads, latest(lagSeconds) as Lag, max(lagSeconds) as LongestLag, latest(time) as LookedAt by replica',
            'sort InSync asc, Lag desc, replica asc',
            'limit 1000',
          ]),
        ],
        [
          table('Replicas: tasks and bytes', task.logGroup.logGroupName, [
            'filter ispresent(packBytes)',
            'stats count(*) as Tasks, sum(packBytes) as Bytes, max(ms) / 1000 as LongestSeconds, latest(result) as LastResult by replica',
            'sort Bytes desc',
            'limit 1000',
          ]),
        ],
      ],
    });
  }
}
