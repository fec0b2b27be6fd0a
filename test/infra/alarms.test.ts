import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../../replication/metrics.ts';
import { fillIn, statesOf } from '../support/asl.ts';
import { type DeployedStack, type Properties, synthesise } from '../support/infra.ts';
import { BOTH, EXAMPLE } from './fixtures.ts';

const RUNBOOK = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

/** The text under each heading of the runbook. */
const SECTIONS = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
);

/** The names in backticks on the line of a section that begins with `Alarm: `. */
const alarmsOf = (section: string): string[] =>
  [...(/^Alarm: .*$/m.exec(section)?.[0] ?? '').matchAll(/`(ccrepl-[\w-]+)`/g)].map(([, name]) => name as string);

/** Fail states of replicate that need no alarm, because somebody knows already. */
const TOLD_OTHERWISE: Record<string, string> = {
  WrongInput: 'whoever started the execution reads what is wrong with its input',
  Busy: 'a person who confirmed or forced something waits for this very execution',
  Failed: 'an alert went out when the trouble began, and goes out once a day',
};

/** Metrics of AWS, and the dimension that says of what. */
const OF_AWS: Record<string, [dimension: string, metrics: string[]]> = {
  'AWS/States': ['StateMachineArn', ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionThrottled']],
  'AWS/Lambda': ['FunctionName', ['Errors', 'Throttles']],
  'AWS/SQS': ['QueueName', ['ApproximateNumberOfMessagesVisible']],
  'AWS/SNS': ['TopicName', ['NumberOfNotificationsFailed']],
};

const OWN_TOPICS = {
  topicArn: 'arn:aws:sns:ap-northeast-1:111122223333:alerts',
  alarmTopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:alarms',
};

interface Used {
  namespace: string;
  metric: string;
  dimensions: { Name: string; Value: string }[];
  period: number;
}

/** What an alarm looks at: one metric, or those of its expression. */
function metricsOf({ Namespace, MetricName, Dimensions = [], Period, Metrics = [] }: Properties): Used[] {
  const parts = (Metrics as Properties[]).flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat]));
  if (parts.length === 0) return [{ namespace: Namespace, metric: MetricName, dimensions: Dimensions, period: Period }];
  return parts.map(({ Metric, Period: period }) => ({
    namespace: Metric.Namespace,
    metric: Metric.MetricName,
    dimensions: Metric.Dimensions ?? [],
    period,
  }));
}

/** Those that are red when nobody hears of the alerts any more, whatever of topic, key, functions and subscribers is broken. */
const OF_THE_ALERT_PATH = [
  'people-not-told',
  'alert-errors',
  'messages-not-delivered',
  'executions-broken',
  'sweep-failed',
  'no-verified-sweep',
].map((name) => `ccrepl-${name}`);

const alarmsIn = (stack: DeployedStack): Properties[] =>
  stack.of('AWS::CloudWatch::Alarm').map(({ properties }) => properties);

const failStates = (stack: DeployedStack, name: string): string[] => {
  const { properties } = stack.one('AWS::StepFunctions::StateMachine', name);
  const machine = fillIn(properties['DefinitionString'], properties['DefinitionSubstitutions']);
  return statesOf(machine)
    .filter(([, { Type }]) => Type === 'Fail')
    .map(([state]) => state);
};

const filters = (stack: DeployedStack) =>
  stack.of('AWS::Logs::MetricFilter').map(({ properties: { FilterPattern, MetricTransformations, LogGroupName } }) => ({
    pattern: FilterPattern as string,
    logGroup: LogGroupName as string,
    metrics: MetricTransformations as Properties[],
    states: [...FilterPattern.matchAll(/\$\.details\.name = "(\w+)"/g)].map(([, state]) => state as string),
  }));

describe.each(BOTH)('the alarms of %s', (_name, document) => {
  const [stack] = synthesise(document).sources as [DeployedStack];
  const alarms = alarmsIn(stack);
  const [topic, alarmTopic] = ['ccrepl-alerts', 'ccrepl-alarms'].map((name) => stack.arn('sns', name));
  const own = filters(stack);

  it.each(alarms.map((alarm) => [alarm['AlarmName'], alarm]))(
    '%s tells the topic when it begins and when it is over',
    (_alarm, alarm) => {
      expect(alarm['AlarmActions']).toContain(topic);
      expect(alarm['OKActions']).toContain(topic);
      expect(alarm['ActionsEnabled']).not.toBe(false);
    },
  );

  it('F44: those about the way to people tell a second topic as well, and no other does, so that whoever is subscribed to both hears of the others once', () => {
    const told = alarms.map((alarm) => [alarm['AlarmName'], alarm['AlarmActions'], alarm['OKActions']]);
    const expected = alarms.map(({ AlarmName: name }) => {
      const topics = OF_THE_ALERT_PATH.includes(name) ? [topic, alarmTopic] : [topic];
      return [name, topics, topics];
    });

    expect(told).toEqual(expected);
    expect(alarms.map((alarm) => alarm['AlarmName'])).toEqual(expect.arrayContaining(OF_THE_ALERT_PATH));
  });

  it('F44: the second topic has no key that could be disabled, takes alarms, and has the same addresses', () => {
    const subscribed = (arn: string | undefined) =>
      stack
        .of('AWS::SNS::Subscription')
        .flatMap(({ properties: { TopicArn, Protocol, Endpoint } }) =>
          TopicArn === arn ? [`${Protocol} ${Endpoint}`] : [],
        );
    const { properties } = stack.one('AWS::SNS::Topic', '/AlarmTopic/');
    const policy = stack.one('AWS::SNS::TopicPolicy', '/AlarmTopic/').properties;

    expect(properties).not.toHaveProperty('KmsMasterKeyId');
    expect(policy['Topics']).toEqual([alarmTopic]);
    expect(policy['PolicyDocument'].Statement).toContainEqual({
      Sid: 'AlarmsOfThisAccount',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: alarmTopic,
      Condition: { StringEquals: { 'aws:SourceAccount': stack.account } },
    });
    expect(subscribed(alarmTopic).length).toBeGreaterThan(0);
    expect(subscribed(alarmTopic)).toEqual(subscribed(topic));
  });

  it('F44: the ways to both topics are outputs', () => {
    const outputs = Object.entries(stack.template['Outputs'] as Record<string, Properties>).map(
      ([id, { Value }]) => [id.replace(/[0-9A-F]{8}$/, ''), stack.resolve(Value)] as const,
    );

    expect(Object.fromEntries(outputs)).toMatchObject({
      ReplicationTopicArn: topic,
      ReplicationAlarmTopicArn: alarmTopic,
    });
  });

  it.each(alarms.map((alarm) => [alarm['AlarmName'], alarm]))(
    '%s names the heading of the runbook that names it',
    (name, alarm) => {
      const [, heading = ''] = /docs\/runbook\.md, "([^"]+)"\.$/.exec(alarm['AlarmDescription']) ?? [];

      expect([...SECTIONS.keys()]).toContain(heading);
      expect(alarmsOf(SECTIONS.get(heading) ?? '')).toContain(name);
    },
  );

  it('are all that the runbook has', () => {
    const written = [...SECTIONS.values()].flatMap(alarmsOf);

    expect(written.sort()).toEqual(alarms.map((alarm) => alarm['AlarmName']).sort());
  });

  it.each(alarms.map((alarm) => [alarm['AlarmName'], alarm]))(
    '%s looks at metrics that there are, of what there is',
    (_alarm, alarm) => {
      const names = [...Object.keys(METRICS), ...own.flatMap(({ metrics }) => metrics.map((one) => one['MetricName']))];
      const refs = stack.resources.map(({ ref }) => ref);
      const queuesAndTopics = ['ccrepl-dead-letters', 'ccrepl-alerts'];

      for (const { namespace, metric, dimensions } of metricsOf(alarm)) {
        if (namespace === 'ccrepl') {
          expect(names).toContain(metric);
          // Our own metrics have no dimensions; with one it would be another metric, which nobody writes.
          expect(dimensions).toEqual([]);
          continue;
        }
        const [dimension, metrics] = OF_AWS[namespace] as [string, string[]];
        expect(metrics).toContain(metric);
        expect(dimensions).toEqual([{ Name: dimension, Value: expect.any(String) }]);
        expect([...refs, ...queuesAndTopics]).toContain(dimensions[0]?.Value);
      }
    },
  );

  it('cover every function, state machine, queue and topic of the workflow', () => {
    const looked = new Set(
      alarms.flatMap(metricsOf).map(({ metric, dimensions }) => `${metric} ${dimensions[0]?.Value ?? ''}`),
    );
    const [replicate, sweep] = ['replicate', 'sweep'].map((name) => stack.arn('states', `stateMachine:ccrepl-${name}`));
    const functions = stack
      .of('AWS::Lambda::Function')
      .filter(({ path }) => path.includes('/Functions/'))
      .map(({ ref }) => ref);

    expect(functions).toHaveLength(5);
    for (const one of functions.flatMap((name) => [`Errors ${name}`, `Throttles ${name}`]))
      expect(looked).toContain(one);
    for (const machine of [replicate, sweep])
      for (const metric of ['ExecutionsTimedOut', 'ExecutionThrottled'])
        expect(looked).toContain(`${metric} ${machine}`);
    for (const one of [
      `ExecutionsFailed ${sweep}`,
      'ApproximateNumberOfMessagesVisible ccrepl-dead-letters',
      'NumberOfNotificationsFailed ccrepl-alerts',
      'ReplicasProven ',
      'LagSeconds ',
    ])
      expect(looked).toContain(one);
  });

  it('hear of every way in which replicate fails that nobody has been told of', () => {
    const fails = failStates(stack, '/Replicate/');
    const filtered = own.flatMap(({ states }) => states);

    expect(filtered.length).toBeGreaterThan(0);
    expect([...filtered, ...Object.keys(TOLD_OTHERWISE)].sort()).toEqual(fails.sort());
  });

  it('read the log of replicate for that, as Step Functions writes it', () => {
    for (const { pattern, logGroup, metrics, states } of own) {
      const names = states.map((state) => `$.details.name = "${state}"`).join(' || ');
      expect(pattern).toBe(`{ $.type = "FailStateEntered" && (${names}) }`);
      expect(logGroup).toBe('/aws/vendedlogs/states/ccrepl-replicate');
      expect(metrics).toEqual([{ MetricName: expect.any(String), MetricNamespace: 'ccrepl', MetricValue: '1' }]);
    }
    const alarmed = alarms.flatMap(metricsOf).map(({ metric }) => metric);
    for (const { metrics } of own) expect(alarmed).toContain(metrics[0]?.['MetricName']);
  });
});

it.each<[what: string, alarmTopicArn: string | undefined, second: string, made: string[]]>([
  ['a second of one’s own beside', OWN_TOPICS.alarmTopicArn, OWN_TOPICS.alarmTopicArn, []],
  ['no second beside', undefined, 'arn:aws:sns:ap-northeast-1:111122223333:ccrepl-alarms', ['ccrepl-alarms']],
])('F44: a topic of one’s own with %s it has a second path, too', (_what, alarmTopicArn, second, made) => {
  const { topicArn } = OWN_TOPICS;
  const [stack] = synthesise({ ...EXAMPLE, alerts: { topicArn, alarmTopicArn } }).sources as [DeployedStack];
  const told = alarmsIn(stack).filter((alarm) => alarm['AlarmActions'].includes(second));

  expect(stack.of('AWS::SNS::Topic').map(({ properties }) => properties['TopicName'])).toEqual(made);
  expect(told.map((alarm) => alarm['AlarmName']).sort()).toEqual([...OF_THE_ALERT_PATH].sort());
  for (const alarm of told) expect(alarm['AlarmActions']).toEqual([topicArn, second]);
});

describe.each([5, 15, 1440])('with a sweep every %d minutes', (everyMinutes) => {
  const document = everyMinutes === 15 ? EXAMPLE : { ...EXAMPLE, sweep: { everyMinutes } };
  const [stack] = synthesise(document).sources as [DeployedStack];
  const alarms = alarmsIn(stack);
  const silence = alarms.find((alarm) => alarm['AlarmName'] === 'ccrepl-no-verified-sweep');

  it('silence is an alarm: after a whole number of sweeps that have proven nothing, or have not been', () => {
    const { ScheduleExpression, State } = stack.one('AWS::Scheduler::Schedule').properties;
    const [, number, unit] = /^rate\((\d+) (\w+?)s?\)$/.exec(ScheduleExpression) ?? [];
    const scheduled = Number(number) * { minute: 1, hour: 60, day: 1440 }[unit as 'minute' | 'hour' | 'day'];

    expect([scheduled, State]).toEqual([everyMinutes, 'ENABLED']);
    expect(silence).toMatchObject({
      MetricName: 'ReplicasProven',
      Statistic: 'Sum',
      Period: scheduled * 60,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('only silence is an alarm by silence', () => {
    const breaching = alarms.filter((alarm) => alarm['TreatMissingData'] !== 'notBreaching');

    expect(breaching).toEqual([silence]);
  });

  it('every alarm is one that CloudWatch takes', () => {
    const days = (seconds: number) => seconds / 86_400;
    for (const alarm of alarms)
      for (const { period } of metricsOf(alarm)) {
        const name = alarm['AlarmName'];
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        expect([name, period % 60, period > 0]).toEqual([name, 0, true]);
        const range = days(period * alarm['EvaluationPeriods']);
        expect([name, range <= (period >= 3600 ? 7 : 1)]).toEqual([name, true]);
      }
  });
});
