import { fillIn, type State, statesOf } from '../support/asl.ts';
import { decide, type Statement } from '../support/iam.ts';
import { type DeployedStack, synthesise } from '../support/infra.ts';
import { type Role, rolesOfStack } from '../support/roles.ts';
import { BOTH } from './fixtures.ts';

/** An action on a resource, as a policy would allow it. */
type Right = `${string} on ${string}`;

/** What a state needs is said by what it calls, and with which parameters. */
class Needs {
  readonly #stack: DeployedStack;
  readonly #self: string;

  /** @param self the ARN of the state machine */
  constructor(stack: DeployedStack, self: string) {
    this.#stack = stack;
    this.#self = self;
  }

  /** @throws Error for a state that calls something that nobody has thought about */
  of(name: string, state: State): Right[] {
    if (state.Type === 'Map' && state.ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED')
      return this.#distributedMap();
    if (state.Type !== 'Task') return [];
    const call = CALLS[state.Resource ?? ''];
    if (call === undefined)
      throw new Error(
        `the state ${name} calls ${state.Resource}: say in test/infra/rights-machines.test.ts which rights that needs`,
      );
    return call(state.Parameters ?? {}, this);
  }

  /** A distributed map runs its items as executions of the machine itself. */
  #distributedMap(): Right[] {
    return [
      `states:StartExecution on ${this.#self}`,
      ...['Describe', 'Stop'].flatMap((verb): Right[] => [
        `states:${verb}Execution on ${executionsOf(this.#self)}`,
        // Of an item: `NAME/LABEL:ID`.
        `states:${verb}Execution on ${executionsOf(`${this.#self}/*`)}`,
      ]),
    ];
  }

  /** The value of a parameter, or of the one path that stands for the machine itself. */
  value(parameters: Record<string, unknown>, name: string): string {
    const [value, path] = [parameters[name], parameters[`${name}.$`]];
    if (typeof value === 'string' && value !== '') return value;
    if (path === '$$.StateMachine.Id') return this.#self;
    throw new Error(
      `${name} is ${JSON.stringify(path ?? value)}: expected a text, or the machine itself, so that its rights can be said`,
    );
  }

  get ownExecutions(): string {
    return executionsOf(this.#self);
  }

  arn(service: string, resource: string): string {
    return this.#stack.arn(service, resource);
  }

  rule(name: string): Right[] {
    return ['DescribeRule', 'PutRule', 'PutTargets'].map(
      (verb): Right => `events:${verb} on ${this.arn('events', `rule/${name}`)}`,
    );
  }

  /** The roles that a task definition of this family hands over. */
  rolesOfFamily(arn: string): string[] {
    const family = arn.slice(arn.lastIndexOf('/') + 1);
    const definition = this.#stack
      .of('AWS::ECS::TaskDefinition')
      .find(({ properties }) => properties['Family'] === family)?.properties;
    if (definition === undefined) throw new Error(`no task definition is of the family ${family}`);
    return [definition['TaskRoleArn'], definition['ExecutionRoleArn']];
  }
}

const executionsOf = (machine: string): string => `${machine.replace(':stateMachine:', ':execution:')}:*`;

/** By AWS's pages on each integration: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html */
const CALLS: Record<string, (parameters: Record<string, unknown>, needs: Needs) => Right[]> = {
  'arn:aws:states:::lambda:invoke': (parameters, needs) => [
    `lambda:InvokeFunction on ${needs.value(parameters, 'FunctionName')}`,
  ],
  'arn:aws:states:::dynamodb:getItem': (parameters, needs) => [
    `dynamodb:GetItem on ${needs.arn('dynamodb', `table/${needs.value(parameters, 'TableName')}`)}`,
  ],
  'arn:aws:states:::dynamodb:updateItem': (parameters, needs) => [
    `dynamodb:UpdateItem on ${needs.arn('dynamodb', `table/${needs.value(parameters, 'TableName')}`)}`,
  ],
  'arn:aws:states:::sns:publish': (parameters, needs) => [`sns:Publish on ${needs.value(parameters, 'TopicArn')}`],
  'arn:aws:states:::states:startExecution': (parameters, needs) => [
    `states:StartExecution on ${needs.value(parameters, 'StateMachineArn')}`,
  ],
  'arn:aws:states:::states:startExecution.sync:2': (parameters, needs) => {
    const machine = needs.value(parameters, 'StateMachineArn');
    return [
      `states:StartExecution on ${machine}`,
      `states:DescribeExecution on ${executionsOf(machine)}`,
      `states:StopExecution on ${executionsOf(machine)}`,
      ...needs.rule('StepFunctionsGetEventsForStepFunctionsExecutionRule'),
    ];
  },
  // Who holds a lease is an execution of the machine itself, whatever its name.
  'arn:aws:states:::aws-sdk:sfn:describeExecution': (_parameters, needs) => [
    `states:DescribeExecution on ${needs.ownExecutions}`,
  ],
  'arn:aws:states:::ecs:runTask.sync': (parameters, needs) => {
    const definition = needs.value(parameters, 'TaskDefinition');
    const cluster = needs.value(parameters, 'Cluster');
    const tasks = needs.arn('ecs', `task/${cluster.slice(cluster.lastIndexOf('/') + 1)}/*`);
    return [
      // Without a revision it is the newest: IAM may be asked for either.
      `ecs:RunTask on ${definition}`,
      `ecs:RunTask on ${definition}:*`,
      `ecs:DescribeTasks on ${tasks}`,
      `ecs:StopTask on ${tasks}`,
      ...(parameters['PropagateTags'] === undefined ? [] : [`ecs:TagResource on ${tasks}` as Right]),
      ...needs.rolesOfFamily(definition).map((arn): Right => `iam:PassRole on ${arn}`),
      ...needs.rule('StepFunctionsGetEventsForECSTaskRule'),
    ];
  },
};

/** What no state asks for: how Step Functions delivers logs and traces. */
const BESIDE: Right[] = [
  ...['CreateLogDelivery', 'DeleteLogDelivery', 'DescribeLogGroups', 'DescribeResourcePolicies', 'GetLogDelivery'],
  ...['ListLogDeliveries', 'PutResourcePolicy', 'UpdateLogDelivery'],
].map((name): Right => `logs:${name} on *`);
const TRACES = ['GetSamplingRules', 'GetSamplingTargets', 'PutTelemetryRecords', 'PutTraceSegments'].map(
  (name): Right => `xray:${name} on *`,
);

/** The request that a right is asked for with: what conditions look at. */
function contextOf(right: Right, stack: DeployedStack): Record<string, string> {
  if (right.startsWith('iam:PassRole')) return { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  if (right.startsWith('ecs:TagResource')) return { 'ecs:CreateAction': 'RunTask' };
  if (right.startsWith('ecs:RunTask'))
    return {
      'ecs:cluster': stack.arn('ecs', `cluster/${stack.one('AWS::ECS::Cluster').ref}`),
      'ecs:enable-execute-command': 'false',
    };
  return {};
}

const allowed = (statements: readonly Statement[]): Right[] =>
  statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource): Right => `${action} on ${resource}`)),
    );

const unique = (rights: readonly Right[]): Right[] => [...new Set(rights)].sort();

describe.each(BOTH)('the role of a state machine of %s', (_name, document) => {
  const [stack] = synthesise(document).sources as [DeployedStack];
  const keys = stack.of('AWS::KMS::Key').map(({ ref }) => stack.arn('kms', `key/${ref}`));
  const roles = new Map(rolesOfStack(stack).map((role) => [role.arn, role]));
  const machines = stack.of('AWS::StepFunctions::StateMachine').map(({ properties, ref }) => {
    const needs = new Needs(stack, ref);
    const machine = fillIn(properties['DefinitionString'], properties['DefinitionSubstitutions']);
    const needed = unique(statesOf(machine).flatMap(([name, state]) => needs.of(name, state)));
    return [properties['StateMachineName'], { needed, role: roles.get(properties['RoleArn']) as Role }] as const;
  });

  it.each(machines)('lets %s do everything that its states do', (_machine, { needed, role }) => {
    const refused = needed.filter((right) => {
      const [action, pattern] = right.split(' on ') as [string, string];
      const resource = pattern.replace('*', 'any');
      return decide(role.statements, { action, resource, context: contextOf(right, stack) }) !== 'allowed';
    });

    expect(refused).toEqual([]);
    expect(needed.length).toBeGreaterThan(8);
  });

  it.each(machines)('lets %s do nothing else, but log, trace and use the key', (_machine, { needed, role }) => {
    const withKey = keys.flatMap((arn): Right[] => [`kms:Decrypt on ${arn}`, `kms:GenerateDataKey* on ${arn}`]);

    expect(unique(allowed(role.statements))).toEqual(unique([...needed, ...BESIDE, ...TRACES, ...withKey]));
  });
});

it('fails for a state that calls something that nobody has thought about', () => {
  const [stack] = synthesise(BOTH[0]?.[1] as object).sources as [DeployedStack];
  const needs = new Needs(stack, stack.arn('states', 'stateMachine:m'));

  expect(() => needs.of('New', { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage' })).toThrow(
    'the state New calls arn:aws:states:::sqs:sendMessage: say in',
  );
  expect(() =>
    needs.of('New', {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: { 'TopicArn.$': '$.topic' },
    }),
  ).toThrow('TopicArn is "$.topic": expected a text');
});
