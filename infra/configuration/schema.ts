import * as z from 'zod/mini';
import { REGION, REGION_EXPECTED, REPOSITORY, REPOSITORY_EXPECTED } from '../../git/codecommit/names.ts';
import {
  destinationAccount,
  hostSide,
  policySchema,
  REPLICA_ID,
  REPLICA_ID_EXPECTED,
} from '../../replication/settings.ts';
import { CPU_UNITS, isFargateSize } from './fargate.ts';
import { RETENTION_DAYS } from './retention.ts';

/**
 * The shape of `replication.json`: what a person writes. `npm run schema` writes it as a JSON schema for editors; what no schema can say is in
 * `rules.ts`.
 */

const described = <T extends z.ZodMiniType>(schema: T, text: string): T =>
  schema.check(z.describe(text) as z.core.$ZodCheck<z.core.output<T>>) as T;

const text = (pattern: RegExp, expected: string) => z.string().check(z.regex(pattern, expected));

const region = () => text(REGION, REGION_EXPECTED);
const repository = () => text(REPOSITORY, REPOSITORY_EXPECTED);
const ACCOUNT_EXPECTED = 'expected the 12 digits of an AWS account, in quotes';

const arn = (service: string, resource: string, example: string) =>
  text(
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`),
    `expected an ARN such as "arn:aws:${service}:ap-northeast-1:111122223333:${example}"`,
  );
const key = () => arn('kms', 'key/[\\w-]+', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
const id = (prefix: string) =>
  text(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `expected an id such as "${prefix}-0123456789abcdef0"`);

const codeCommitSource = z.strictObject({
  region: z.optional(described(region(), 'The region of the source; without it, the region of the configuration.')),
  repository: described(repository(), 'The name of the repository.'),
});

const toCodeCommit = z.strictObject({
  region: described(region(), 'The region of the copy.'),
  repository: z.optional(described(repository(), 'The name of the copy; without it, that of the source.')),
  id: z.optional(
    described(
      text(REPLICA_ID, REPLICA_ID_EXPECTED),
      'The id of the replica; without it, SOURCE--REGION, or SOURCE--REGION--ACCOUNT.',
    ),
  ),
  create: z.optional(
    described(
      z.boolean(),
      'Whether a repository that is missing is created (default); one that is there is taken as it is. None is ever deleted.',
    ),
  ),
  kmsKeyArn: z.optional(described(key(), 'The key of a repository that is created; without it, the key of AWS.')),
  account: z.optional(
    described(
      destinationAccount,
      'If the copy is in another account: the roles of that account, and the external id that they ask for.',
    ),
  ),
  policy: z.optional(described(policySchema, 'What is different for this replica alone.')),
});

const toHost = z.strictObject({
  ...hostSide.shape,
  id: z.optional(described(text(REPLICA_ID, REPLICA_ID_EXPECTED), 'The id of the replica; without it, SOURCE--HOST.')),
  policy: z.optional(described(policySchema, 'What is different for this replica alone.')),
});

const repositoryEntry = z.strictObject({
  source: described(
    z.union([codeCommitSource, hostSide]),
    'A repository of CodeCommit, or the URL of another host with the secret that has its login.',
  ),
  destinations: described(
    z.array(z.union([toCodeCommit, toHost])).check(z.minLength(1, 'expected at least one destination')),
    'Where copies are kept: each is a replica of its own.',
  ),
  policy: z.optional(described(policySchema, 'What is different for the replicas of this source.')),
});

const sweep = z.strictObject({
  everyMinutes: z.optional(
    described(
      z
        .number()
        .check(
          z.gte(5, 'expected at least 5 minutes'),
          z.lte(1440, 'expected at most 1440 minutes, a day'),
          z.multipleOf(1, 'expected a whole number of minutes'),
        ),
      'How often all replicas are looked at, whatever triggers said: 15 minutes by default.',
    ),
  ),
});

const EMAIL = /^[^\s@",<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

const alerts = z.strictObject({
  emails: z.optional(
    described(
      z.array(text(EMAIL, 'expected an e-mail address')),
      'Who is told. Each gets a mail of AWS to confirm the subscription first.',
    ),
  ),
  topicArn: z.optional(
    described(
      arn('sns', '[\\w-]{1,256}', 'alerts'),
      'A topic of yours, instead of one of its own. Its policy must let cloudwatch.amazonaws.com publish; who is subscribed to it is yours to say.',
    ),
  ),
});

const network = z.strictObject({
  vpcId: described(id('vpc'), 'The VPC in which tasks run.'),
  subnetIds: described(
    z.array(id('subnet')).check(z.minLength(1, 'expected at least one subnet')),
    'Subnets with a way to the internet, or to the endpoints of git-codecommit, codecommit, ecr, logs, s3 and sts.',
  ),
  securityGroupIds: z.optional(
    described(
      z.array(id('sg')).check(z.minLength(1, 'expected at least one security group')),
      'Without it, one is made: nothing in, TCP 443 out.',
    ),
  ),
  assignPublicIp: z.optional(
    described(z.boolean(), 'Whether a task gets a public address: needed in a public subnet. No by default.'),
  ),
});

const task = z
  .strictObject({
    cpu: z.optional(described(z.literal(CPU_UNITS), 'CPU units of the task: 256 are a quarter of a processor.')),
    memoryMiB: z.optional(described(z.number(), 'Memory of the task in MiB: 512 by default.')),
    architecture: z.optional(
      described(
        z.enum(['ARM64', 'X86_64']),
        'The processor of task and functions: ARM64 by default, which costs less.',
      ),
    ),
  })
  .check(z.refine(isFargateSize, 'expected sizes that Fargate has together, such as 256 with 512, 1024 or 2048'));

const TAG = text(/^[\w +=.:/@-]{0,256}$/, 'expected at most 256 letters, digits, spaces or _ . : / = + - @');

export const configurationSchema = z.strictObject({
  $schema: z.optional(described(z.string(), 'Where an editor finds this schema.')),
  region: described(region(), 'The region of the sources, where everything runs; a source may name another.'),
  account: z.optional(
    described(text(/^\d{12}$/, ACCOUNT_EXPECTED), 'The AWS account; without it, that of the credentials that deploy.'),
  ),
  repositories: described(
    z.array(repositoryEntry).check(z.minLength(1, 'expected at least one repository')),
    'What is replicated, and where to.',
  ),
  policy: z.optional(
    described(
      policySchema,
      'What is replicated of every repository, and what is held back until a person says so (docs/guards.md).',
    ),
  ),
  sweep: z.optional(described(sweep, 'The scheduled pass over all replicas: what a trigger missed, it finds.')),
  alerts: z.optional(described(alerts, 'Who is told.')),
  network: z.optional(
    described(network, 'A network of yours. Without it, a VPC of two public subnets: nothing in, TCP 443 out, no NAT.'),
  ),
  task: z.optional(described(task, 'The size of the task.')),
  logs: z.optional(
    z.strictObject({
      retentionDays: described(z.literal(RETENTION_DAYS), 'How long logs are kept: 365 days by default.'),
    }),
  ),
  tags: z.optional(
    described(
      z.record(text(/^(?!aws:)[\w +=.:/@-]{1,128}$/, 'expected the name of a tag'), TAG),
      'Tags of everything that is made.',
    ),
  ),
  encryption: z.optional(
    described(
      z.union([z.enum(['aws-owned', 'own-key']), key()]),
      'The key of topic, table, queues and logs: AWS’s (default), one of its own, or the ARN of yours (docs/security.md has its policy).',
    ),
  ),
  operators: z.optional(
    described(
      z.array(
        text(
          /^arn:aws[a-z-]*:iam::\d{12}:(user|role|root)(\/[\w+=,.@/-]+)?$/,
          'expected the ARN of an IAM user, a role or an account',
        ),
      ),
      'Who may take the role ccrepl-operator, with MFA: look at everything, start and stop executions, push nowhere.',
    ),
  ),
  reservedConcurrency: z.optional(
    described(
      z.boolean(),
      'Whether each function has a limit of its own (default). A young account with a quota of few concurrent executions needs false.',
    ),
  ),
});

/** `replication.json` as it is read. */
export type ConfigurationDocument = z.infer<typeof configurationSchema>;
export type NetworkDocument = z.infer<typeof network>;
