/** What `Ref` and `Fn::GetAtt` give for the resources that ccrepl has; for others, an error: nothing is guessed. */

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON, and each test knows the part that it looks at.
export type Properties = Record<string, any>;

/** The stack that a value is of. */
interface Place {
  name: string;
  region: string;
  account: string;
  arn(service: string, resource: string): string;
  resolve(value: unknown): string | undefined;
}

interface Raw {
  Type: string;
  Properties: Properties;
}

const PSEUDO: Record<string, (stack: Place) => string> = {
  'AWS::AccountId': ({ account }) => account,
  'AWS::Region': ({ region }) => region,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackName': ({ name }) => name,
};

export const isPseudo = (name: string): boolean => name.startsWith('AWS::');

export function pseudoOf(stack: Place, name: string): string {
  const value = PSEUDO[name];
  if (value === undefined) throw new Error(`${name} in ${stack.name}: expected ${Object.keys(PSEUDO).join(', ')}`);
  return value(stack);
}

/** The property that holds a resource's name, and its ARN by that name. */
const NAMED: Record<string, [property: string, arn: (stack: Place, name: string) => string]> = {
  'AWS::CloudWatch::Alarm': ['AlarmName', (stack, name) => stack.arn('cloudwatch', `alarm:${name}`)],
  'AWS::DynamoDB::Table': ['TableName', (stack, name) => stack.arn('dynamodb', `table/${name}`)],
  'AWS::ECS::Cluster': ['ClusterName', (stack, name) => stack.arn('ecs', `cluster/${name}`)],
  'AWS::ECS::TaskDefinition': ['Family', (stack, name) => stack.arn('ecs', `task-definition/${name}:1`)],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', ({ account }, name) => `arn:aws:iam::${account}:policy/${name}`],
  'AWS::IAM::Role': ['RoleName', ({ account }, name) => `arn:aws:iam::${account}:role/${name}`],
  'AWS::KMS::Key': ['KeyId', (stack, name) => stack.arn('kms', `key/${name}`)],
  'AWS::Lambda::Function': ['FunctionName', (stack, name) => stack.arn('lambda', `function:${name}`)],
  'AWS::Lambda::LayerVersion': ['LayerName', (stack, name) => stack.arn('lambda', `layer:${name}:1`)],
  // CloudFormation's ARN of a log group ends in what its streams are asked for by.
  'AWS::Logs::LogGroup': ['LogGroupName', (stack, name) => stack.arn('logs', `log-group:${name}:*`)],
  'AWS::SNS::Topic': ['TopicName', (stack, name) => stack.arn('sns', name)],
  'AWS::SQS::Queue': ['QueueName', (stack, name) => stack.arn('sqs', name)],
  'AWS::Scheduler::ScheduleGroup': ['Name', (stack, name) => stack.arn('scheduler', `schedule-group/${name}`)],
  'AWS::StepFunctions::StateMachine': [
    'StateMachineName',
    (stack, name) => stack.arn('states', `stateMachine:${name}`),
  ],
};

/** Those of which `Ref` is the ARN. */
const BY_ARN = [
  'AWS::ECS::TaskDefinition',
  'AWS::IAM::ManagedPolicy',
  'AWS::Lambda::LayerVersion',
  'AWS::SNS::Topic',
  'AWS::StepFunctions::StateMachine',
];

/** Of others, `Ref` is an id that nothing looks into. */
export function referenceTo(stack: Place, { Type, Properties = {} }: Raw, id: string): string {
  const known = NAMED[Type];
  if (known === undefined) return `${stack.name}-${id}`;
  const name = nameOf(stack, Properties, known[0], id);
  return BY_ARN.includes(Type) ? known[1](stack, name) : name;
}

export function attributeOf(stack: Place, raw: Raw, id: string, attribute: string): string {
  const { Type, Properties = {} } = raw;
  const known = NAMED[Type];
  if (known !== undefined) {
    const name = nameOf(stack, Properties, known[0], id);
    if (attribute === 'Arn') return known[1](stack, name);
    if (attribute === known[0]) return name;
  }
  if (Type === 'AWS::EC2::SecurityGroup' && attribute === 'GroupId') return referenceTo(stack, raw, id);
  throw new Error(`${attribute} of ${id} (${Type}) in ${stack.name}: expected an attribute that the tests know`);
}

const nameOf = (stack: Place, properties: Properties, property: string, id: string): string =>
  stack.resolve(properties[property]) ?? `${stack.name}-${id}`;
