import { type Statement, statementsOf } from './iam.ts';
import type { DeployedStack, Deployment, Properties, Resource } from './infra.ts';

/** A role of a stack, and everything that it may do. */
export interface Role {
  /** Without the stack's name: `Replication/Task/Role`. */
  path: string;
  stack: DeployedStack;
  arn: string;
  /** The statements of its trust policy. */
  trust: Properties[];
  statements: Statement[];
}

/** What AWS's own policies allow; https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html */
const OF_AWS: Record<string, Statement> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    sid: 'AWSLambdaBasicExecutionRole',
    effect: 'Allow',
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: ['*'],
    conditions: [],
  },
};

/** Properties of a role that say nothing about its rights, or are read here. */
const UNDERSTOOD = ['AssumeRolePolicyDocument', 'Description', 'ManagedPolicyArns', 'RoleName', 'Tags'];

/** Ways to give rights that nobody looks for here. */
const NOT_UNDERSTOOD = /^AWS::IAM::(?!Role$|Policy$|ManagedPolicy$)|^AWS::CodeCommit::|^AWS::ECR::/;

export const rolesOf = ({ stacks }: Deployment): Role[] => stacks.flatMap(rolesOfStack);

export const shortPath = (stack: DeployedStack, path: string): string =>
  path.slice(stack.name.length + 1).replace(/\/Resource$/, '');

/** @throws Error for a role, or a way to give it rights, that this does not understand */
export function rolesOfStack(stack: DeployedStack): Role[] {
  for (const { path, type } of stack.resources)
    if (NOT_UNDERSTOOD.test(type))
      throw new Error(`${path} is ${type}, which may give rights: teach test/support/roles.ts`);
  return stack.of('AWS::IAM::Role').map((role) => {
    const unknown = Object.keys(role.properties).filter((name) => !UNDERSTOOD.includes(name));
    if (unknown.length > 0) throw new Error(`${role.path} has ${unknown.join(', ')}: teach test/support/roles.ts`);
    return {
      path: shortPath(stack, role.path),
      stack,
      arn: `arn:aws:iam::${stack.account}:role/${role.ref}`,
      trust: role.properties['AssumeRolePolicyDocument'].Statement,
      statements: [...inline(stack, role), ...managed(stack, role)],
    };
  });
}

const inline = (stack: DeployedStack, { ref }: Resource): Statement[] =>
  stack
    .of('AWS::IAM::Policy')
    .filter(({ properties }) => properties['Roles'].includes(ref))
    .flatMap(({ path, properties }) => statementsOf(properties['PolicyDocument'], path));

function managed(stack: DeployedStack, { properties, path, ref }: Resource): Statement[] {
  const ours = stack.of('AWS::IAM::ManagedPolicy');
  const attached: string[] = properties['ManagedPolicyArns'] ?? [];
  const attaching = ours.filter((policy) => policy.properties['Roles']?.includes(ref)).map((policy) => policy.ref);
  return [...new Set([...attached, ...attaching])].flatMap((arn) => {
    const own = ours.find((policy) => policy.ref === arn);
    if (own !== undefined) return statementsOf(own.properties['PolicyDocument'], own.path);
    const known = OF_AWS[arn];
    if (known === undefined)
      throw new Error(`${path} has the policy ${arn}: write what it allows into test/support/roles.ts`);
    return [known];
  });
}
