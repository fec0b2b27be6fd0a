import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, type Metric } from '../../replication/metrics.ts';
import type { Functions } from './functions.ts';
import type { Common } from './logs.ts';
import type { ReplicationStateMachine } from './state-machine.ts';
import type { Workflow } from './workflow.ts';

export interface AlarmsProps extends Common {
  topic: sns.ITopic;
  alarmTopic: sns.ITopic;
  functions: Functions;
  workflow: Workflow;
  deadLetters: sqs.IQueue;
}

/** Sweeps that may pass without a proof. */
const SWEEPS_WITHOUT_PROOF = 3;

/**
 * Alarms that are red when the topic of the alerts, or its key, is gone: they tell a second topic as well. What each sees of it:
 * - `people-not-told`, `alert-errors`: nothing can be published;
 * - `messages-not-delivered`: what was published did not reach somebody, perhaps the only one;
 * - `executions-broken`: one key is that of topic and table, and without the table an execution ends before it would tell anybody;
 * - `sweep-failed`, `no-verified-sweep`: it is also that of the log groups, and what is counted in logs may be silent then; these two are heard.
 *
 * They tell both topics, not the second alone: either may have lost its subscribers, or never had their confirmation. Whoever is subscribed
 * to both gets these few twice, and every other alarm once.
 */
const OF_THE_ALERT_PATH = new Set([
  'people-not-told',
  'alert-errors',
  'messages-not-delivered',
  'executions-broken',
  'sweep-failed',
  'no-verified-sweep',
]);

/**
 * What the alerts of replicas cannot tell: that ccrepl itself is broken. Each alarm names the heading of docs/runbook.md that says what to do,
 * and tells the topic when it begins and when it is over.
 */
export class Alarms extends Construct {
  readonly all: cloudwatch.Alarm[] = [];
  readonly #topic: sns.ITopic;
  readonly #alarmTopic: sns.ITopic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { topic, alarmTopic, functions, workflow, deadLetters, options } = props;
    this.#topic = topic;
    this.#alarmTopic = alarmTopic;
    const sweepPeriod = Duration.minutes(options.sweepMinutes);
    const { replicate, sweep } = workflow;

    // An execution that fails with what a comparison found has told people itself, and is red on each sweep while that lasts.
    this.#alarm('executions-broken', 'An execution of replicate failed', {
      metric: this.#endings(replicate, 'ExecutionsBroken', ['BookkeepingFailed', 'CouldNotStart']),
    });
    this.#alarm('people-not-told', 'People could not be told', {
      metric: this.#endings(replicate, 'PeopleNotTold', ['NobodyTold']),
    });
    for (const machine of [replicate, sweep])
      this.#alarm(`${machine === sweep ? 'sweep' : 'replicate'}-timed-out`, 'An execution timed out or was aborted', {
        metric: machine.stateMachine.metricTimedOut({ period: FIVE_MINUTES }),
      });
    this.#alarm('sweep-failed', 'A sweep failed', {
      metric: sweep.stateMachine.metricFailed({ period: FIVE_MINUTES }),
    });
    this.#alarm('no-verified-sweep', 'No sweep has proven anything', {
      metric: metric('ReplicasProven', { statistic: 'Sum', period: sweepPeriod }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: SWEEPS_WITHOUT_PROOF,
      // A schedule that starts nothing, a sweep that never ends, a function that writes nothing: all are silence.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    this.#alarm('replication-age', 'A replica is behind for long', {
      metric: metric('LagSeconds', { statistic: 'Maximum', period: sweepPeriod }),
      threshold: Math.max(3600, 4 * options.sweepMinutes * 60),
    });
    // Also those that died without a word, such as by a defect in the state machine.
    this.#alarm('replicas-failing', 'An execution of replicate failed', {
      metric: metric('ReplicasFailed', { statistic: 'Sum', period: sweepPeriod }),
      evaluationPeriods: SWEEPS_WITHOUT_PROOF,
    });
    this.#alarm('dead-letters', 'An event is in the dead-letter queue', {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' }),
    });
    for (const one of functions.all) {
      const answers = one === functions.readInput || one === functions.compareHeads;
      this.#alarm(`${one.name}-errors`, 'A function fails', {
        metric: one.function.metricErrors({ period: answers ? sweepPeriod : FIVE_MINUTES }),
        // These two also answer with an error: an input that is wrong, a side that cannot be read. Only what lasts is theirs.
        ...(answers && { evaluationPeriods: SWEEPS_WITHOUT_PROOF }),
      });
    }
    this.#alarm('functions-throttled', 'Functions or executions are throttled', {
      metric: sum(functions.all.map((one) => one.function.metricThrottles({ period: FIVE_MINUTES }))),
      // What is throttled is tried again; only what lasts needs a person.
      evaluationPeriods: 3,
    });
    this.#alarm('executions-throttled', 'Functions or executions are throttled', {
      metric: sum([replicate, sweep].map((one) => one.stateMachine.metricThrottled({ period: FIVE_MINUTES }))),
      evaluationPeriods: 3,
    });
    this.#alarm('messages-not-delivered', 'A message was not delivered', {
      metric: topic.metricNumberOfNotificationsFailed({ period: FIVE_MINUTES, statistic: 'Sum' }),
    });
  }

  /** Executions that ended in one of these Fail states, by the log of the state machine. */
  #endings(machine: ReplicationStateMachine, metricName: string, states: string[]): cloudwatch.Metric {
    const names = states.map((name) => `$.details.name = "${name}"`).join(' || ');
    const filter = new logs.MetricFilter(this, metricName, {
      logGroup: machine.logGroup,
      filterPattern: logs.FilterPattern.literal(`{ $.type = "FailStateEntered" && (${names}) }`),
      metricNamespace: METRIC_NAMESPACE,
      metricName,
      metricValue: '1',
    });
    return filter.metric({ statistic: 'Sum', period: FIVE_MINUTES });
  }

  /** At least one in a period, unless `props` says otherwise. */
  #alarm(
    name: string,
    heading: string,
    props: Pick<cloudwatch.AlarmProps, 'metric'> & Partial<cloudwatch.AlarmProps>,
  ): void {
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName: `ccrepl-${name}`,
      alarmDescription: `${heading}. What to do: docs/runbook.md, "${heading}".`,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...props,
    });
    const topics = OF_THE_ALERT_PATH.has(name) ? [this.#topic, this.#alarmTopic] : [this.#topic];
    const tell = topics.map((topic) => new SnsAction(topic));
    alarm.addAlarmAction(...tell);
    alarm.addOkAction(...tell);
    this.all.push(alarm);
  }
}

const FIVE_MINUTES = Duration.minutes(5);

/** One of our own metrics. */
export const metric = (metricName: Metric, props: cloudwatch.MetricOptions): cloudwatch.Metric =>
  new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName, ...props });

function sum(metrics: cloudwatch.IMetric[]): cloudwatch.MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((one, index) => [`m${index}`, one]));
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new cloudwatch.MathExpression({ expression, usingMetrics, period: FIVE_MINUTES });
}
