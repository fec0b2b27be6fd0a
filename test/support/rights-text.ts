import { type Statement, statementsOf } from './iam.ts';
import type { DeployedStack, Deployment, Properties } from './infra.ts';
import { type Role, rolesOfStack, shortPath } from './roles.ts';

/** Policies that are a resource's own: who may use it. */
const OWN_POLICIES: Record<string, string> = {
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
};

/** The policies that resources of a stack have themselves, with the statements as they are. */
export const resourcePolicies = (stack: DeployedStack): { path: string; statements: Properties[] }[] =>
  Object.entries(OWN_POLICIES).flatMap(([type, property]) =>
    stack
      .of(type)
      .map(({ path, properties }) => ({ path: shortPath(stack, path), statements: properties[property].Statement })),
  );

/** All rights that a deployment gives, for people who compare: roles with what trusts them, then resources' own policies. */
export const rightsText = (deployment: Deployment): string =>
  deployment.stacks.map((stack) => `${[`# ${stack.name}`, ...ofStack(stack)].join('\n\n')}\n`).join('\n');

const ofStack = (stack: DeployedStack): string[] => [
  ...sorted(rolesOfStack(stack).map(roleText)),
  ...sorted(
    resourcePolicies(stack).map(({ path, statements }) => {
      const lines = statements.flatMap((one) => {
        const [statement] = statementsOf({ Version: '2012-10-17', Statement: one }, path) as [Statement];
        return statementLines(statement, ` to ${principal(one['Principal'])}`);
      });
      return [path, ...lines].join('\n');
    }),
  ),
  ...sorted(
    stack.of('AWS::Lambda::Permission').map(({ properties }) => {
      const { Principal, Action, FunctionName, SourceArn, SourceAccount } = properties;
      return `${FunctionName}\n  allow ${Action} to ${Principal}\n    if the source is ${SourceArn}, of the account ${SourceAccount}`;
    }),
  ),
];

const roleText = ({ path, arn, trust, statements }: Role): string =>
  [
    path,
    `  is ${arn}`,
    ...trust.flatMap(({ Principal, Condition = {} }) => [
      `  trusts ${principal(Principal)}`,
      ...conditionLines(Condition),
    ]),
    ...sorted(statements.map((one) => statementLines(one).join('\n'))),
  ].join('\n');

const statementLines = ({ sid, effect, actions, resources, conditions }: Statement, to = ''): string[] => [
  `  ${effect.toLowerCase()}${sid === '' ? '' : ` ${sid}`}${to}`,
  ...sorted(actions).map((action) => `    ${action}`),
  ...sorted(resources).map((resource) => `    on ${resource}`),
  ...conditions.map(({ operator, key, values }) => `    if ${key} ${operator} ${values.join(', ')}`),
];

const conditionLines = (conditions: Properties): string[] =>
  Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys as Properties).map(
      ([key, values]) => `    if ${key} ${operator} ${[values].flat().join(', ')}`,
    ),
  );

const principal = (of: unknown): string =>
  typeof of === 'string'
    ? of
    : Object.entries(of as Properties)
        .map(([kind, values]) => `${kind} ${[values].flat().join(', ')}`)
        .join(' and ');

const sorted = (texts: readonly string[]): string[] => [...texts].sort();
