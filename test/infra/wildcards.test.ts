import type { Statement } from '../support/iam.ts';
import { synthesise } from '../support/infra.ts';
import { resourcePolicies } from '../support/rights-text.ts';
import { rolesOf } from '../support/roles.ts';
import { BOTH } from './fixtures.ts';

/** A statement with a wildcard that a person has looked at. */
interface Reviewed {
  /** The paths of the roles. */
  of: string[];
  actions: string[];
  /** The resources of the statement that have a wildcard, with REGION and ACCOUNT; none where an action has it. */
  on: string[];
  why: string;
}

const FUNCTIONS = ['OnPush', 'ReadInput', 'CompareHeads', 'SummariseSweep', 'Alert'];
const functionRole = (name: string) => `Replication/Functions/${name}/Role`;
const PROVISION = ['Replication/Triggers/Provision', 'Repositories/Provision'];
const MACHINES = ['Replication/Workflow/Replicate/Role', 'Replication/Workflow/Sweep/Role'];
const WRITE_LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const logGroup = (name: string) => `arn:aws:logs:REGION:ACCOUNT:log-group:${name}:*`;
const states = (resource: string) => `arn:aws:states:REGION:ACCOUNT:${resource}`;

const writesLog = (of: string, name: string, actions = WRITE_LOG): Reviewed => ({
  of: [of],
  actions,
  on: [logGroup(name)],
  why: 'the streams of its own log group, whose names Lambda, ECS or the flow log makes',
});

const REVIEWED: Reviewed[] = [
  writesLog(functionRole('OnPush'), '/aws/lambda/ccrepl-on-push'),
  writesLog(functionRole('ReadInput'), '/aws/lambda/ccrepl-read-input'),
  writesLog(functionRole('CompareHeads'), '/aws/lambda/ccrepl-compare-heads'),
  writesLog(functionRole('SummariseSweep'), '/aws/lambda/ccrepl-summarise-sweep'),
  writesLog(functionRole('Alert'), '/aws/lambda/ccrepl-alert'),
  writesLog('Replication/Triggers/Provision/Provision/Role', '/aws/lambda/ccrepl-provision-triggers'),
  writesLog('Repositories/Provision/Provision/Role', '/aws/lambda/ccrepl-provision-repositories'),
  writesLog('Replication/Task/ExecutionRole', '/ccrepl/replicate'),
  writesLog('Replication/Network/FlowLogsRole', '/ccrepl/flow-logs', [
    'logs:CreateLogStream',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
  ]),
  {
    of: [...FUNCTIONS.map(functionRole), ...PROVISION.map((path) => `${path}/Provision/Role`)],
    actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    on: ['*'],
    why: 'X-Ray has no resources for them',
  },
  {
    of: PROVISION.map((path) => `${path}/Framework/framework-onEvent/ServiceRole`),
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    on: ['*'],
    why: 'AWSLambdaBasicExecutionRole, which the CDK’s framework for custom resources takes; it writes logs alone',
  },
  ...['triggers', 'repositories'].map((name, index) => ({
    of: [`${PROVISION[index]}/Framework/framework-onEvent/ServiceRole`],
    actions: ['lambda:InvokeFunction'],
    on: [`arn:aws:lambda:REGION:ACCOUNT:function:ccrepl-provision-${name}:*`],
    why: 'any version of the one function: the CDK’s framework says it so',
  })),
  {
    of: ['Replication/Triggers/Provision/Provision/Role'],
    actions: ['codecommit:GetRepositoryTriggers', 'codecommit:PutRepositoryTriggers'],
    on: ['arn:aws:codecommit:REGION:ACCOUNT:*'],
    why: 'a source that is taken out leaves the policy before CloudFormation has its trigger taken away',
  },
  {
    of: ['Replication/Task/ExecutionRole'],
    actions: ['ecr:GetAuthorizationToken'],
    on: ['*'],
    why: 'ECR has no resources for it',
  },
  {
    of: MACHINES,
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ],
    on: ['*'],
    why: 'Step Functions delivers its logs and traces so; AWS gives no narrower policy',
  },
  {
    of: [MACHINES[0] as string],
    actions: ['states:DescribeExecution'],
    on: [states('execution:ccrepl-replicate:*')],
    why: 'whether the holder of a lease lives: executions are named when they start',
  },
  {
    of: [MACHINES[1] as string],
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    on: [
      states('execution:ccrepl-replicate:*'),
      states('execution:ccrepl-sweep/*:*'),
      states('execution:ccrepl-sweep:*'),
    ],
    why: 'what a sweep starts and waits for: executions are named when they start',
  },
  {
    of: [MACHINES[0] as string],
    actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
    on: ['arn:aws:ecs:REGION:ACCOUNT:task/ccrepl/*'],
    why: 'tasks of our own cluster: ECS makes their ids',
  },
  {
    of: [MACHINES[0] as string],
    actions: ['ecs:TagResource'],
    on: ['arn:aws:ecs:REGION:ACCOUNT:task/ccrepl/*'],
    why: 'tags of the definition, in the call that starts a task of our own cluster, and in no other',
  },
  {
    of: [MACHINES[0] as string],
    actions: ['ecs:RunTask'],
    on: ['arn:aws:ecs:REGION:ACCOUNT:task-definition/ccrepl-replicate:*'],
    why: 'any revision of our own family: executions outlive a deployment',
  },
  {
    of: [functionRole('Alert'), ...MACHINES],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    on: [],
    why: 'GenerateDataKey, also without plaintext, of the one key',
  },
  {
    of: ['Replication/Operators/Role'],
    actions: ['states:ListStateMachines'],
    on: ['*'],
    why: 'a list has no resource',
  },
  {
    of: ['Replication/Operators/Role'],
    actions: [
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetDashboard',
      'cloudwatch:GetMetricData',
      'cloudwatch:ListDashboards',
      'cloudwatch:ListMetrics',
      'logs:DescribeLogGroups',
    ],
    on: ['*'],
    why: 'what the console’s pages of alarms, dashboards and logs ask; metrics have no resources',
  },
  {
    of: ['Replication/Operators/Role'],
    actions: ['logs:GetQueryResults'],
    on: ['*'],
    why: 'the answer to a query has no resource',
  },
  {
    of: ['Replication/Operators/Role'],
    actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
    on: [states('execution:ccrepl-replicate:*'), states('execution:ccrepl-sweep:*')],
    why: 'executions of our own: they are named when they start',
  },
  {
    of: ['Replication/Operators/Role'],
    actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery'],
    on: [
      ...FUNCTIONS.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).slice(1))
        .sort()
        .map((name) => logGroup(`/aws/lambda/ccrepl-${name}`)),
      logGroup('/aws/vendedlogs/states/ccrepl-replicate'),
      logGroup('/aws/vendedlogs/states/ccrepl-sweep'),
      logGroup('/ccrepl/replicate'),
    ],
    why: 'the streams of our own log groups',
  },
];

const isWild = (text: string): boolean => /[*?]/.test(text);

const text = (path: string, actions: readonly string[], on: readonly string[]): string =>
  `${path}: ${[...actions].sort().join(', ')} on ${[...on].sort().join(', ') || 'no wildcard'}`;

/** Every statement of roles that allows something with a wildcard, as {@link REVIEWED} has it. */
const wildcardsOf = (document: object): string[] =>
  rolesOf(synthesise(document)).flatMap(({ path, stack, statements }) =>
    statements.filter(allowsByWildcard).map(({ actions, resources }) => {
      const on = resources.filter(isWild);
      const general = on.map((one) => one.replace(`:${stack.region}:${stack.account}:`, ':REGION:ACCOUNT:'));
      return text(path, actions, general);
    }),
  );

const allowsByWildcard = ({ effect, actions, resources }: Statement): boolean =>
  effect === 'Allow' && (actions.some(isWild) || resources.some(isWild));

const found = new Map(BOTH.map(([name, document]) => [name, wildcardsOf(document)]));
const reviewed = REVIEWED.flatMap(({ of, actions, on }) => of.map((path) => text(path, actions, on)));

it.each(BOTH.map(([name]) => name))('has in %s no wildcard that nobody has reviewed', (name) => {
  expect(found.get(name)?.filter((one) => !reviewed.includes(one))).toEqual([]);
});

it('reviews no wildcard that is not there any more, and gives a reason for each', () => {
  const there = [...found.values()].flat();

  expect(reviewed.filter((one) => !there.includes(one))).toEqual([]);
  for (const { why } of REVIEWED) expect(why.split(' ').length).toBeGreaterThan(4);
});

it.each(BOTH)('allows in %s no role all actions of a service, or all there are', (_name, document) => {
  const wide = rolesOf(synthesise(document)).flatMap(({ path, statements }) =>
    statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions }) =>
        actions.filter((action) => /^\*|:\*$/.test(action)).map((action) => `${path}: ${action}`),
      ),
  );

  expect(wide).toEqual([]);
});

it('lets nobody but this account and services of AWS, for this account, use a topic, a queue or a key', () => {
  const open = BOTH.flatMap(([, document]) =>
    synthesise(document).stacks.flatMap((stack) =>
      resourcePolicies(stack).flatMap(({ path, statements }) =>
        statements
          .filter(({ Effect }) => Effect === 'Allow')
          .filter(({ Principal, Condition }) => {
            if (Principal.AWS !== undefined) return Principal.AWS !== `arn:aws:iam::${stack.account}:root`;
            // By the account of whom they act for; CloudWatch Logs by the log group, which has the account in its ARN.
            const { StringEquals = {}, ArnLike = {} } = Condition ?? {};
            const logGroups: string = ArnLike['kms:EncryptionContext:aws:logs:arn'] ?? '';
            return StringEquals['aws:SourceAccount'] !== stack.account && !logGroups.includes(`:${stack.account}:`);
          })
          .map((statement) => `${path}: ${JSON.stringify(statement)}`),
      ),
    ),
  );

  expect(open).toEqual([]);
});
