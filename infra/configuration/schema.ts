import * as z from 'zod/mini';
import { shownName } from '../../replication/document.ts';
import {
  destinationAccount,
  hostSide,
  policySchema,
  REPLICA_ID,
  REPLICA_ID_EXPECTED,
} from '../../replication/settings.ts';
import { CPU_UNITS, type CpuUnits, DEFAULT_SIZE, isFargateSize, memorySizes } from './fargate.ts';
import { RETENTION_DAYS } from './retention.ts';
import { account, arn, described, id, KEY, key, listOf, never, region, repository, text } from './schema-parts.ts';

/**
 * The shape of `replication.json`: what a person writes. `infra/schema.ts` writes it as a JSON schema for editors; what no schema can say is in
 * `rules.ts`.
 */

const codeCommitSource = z.strictObject({
  region: z.optional(described(region(), 'The region of the source; without it, the region of the configuration.')),
  repository: described(repository(), 'The name of the repository.'),
  account: never(
    'expected none: only a destination may be in another account, because a trigger of CodeCommit cannot call a function of another; run ccrepl in the account of the source',
  ),
});

/** The policy that is given: without the defaults, or one place would undo what a wider one says. */
const { refs, deletes, rewrites, massChange } = policySchema.shape;
const share = massChange._zod.def.innerType.shape;
const policy = z.strictObject({
  refs: z.optional(
    described(refs._zod.def.innerType, 'Names of refs, or prefixes that end in "*": all branches and tags by default.'),
  ),
  deletes: z.optional(
    described(
      deletes._zod.def.innerType,
      'A head that is gone at the source: it goes (mirror, the default), or stays.',
    ),
  ),
  rewrites: z.optional(
    described(
      rewrites._zod.def.innerType,
      'A head that does not descend from what the copy has: follow it (mirror, the default), keep the old tip too, or leave it.',
    ),
  ),
  massChange: z.optional(
    described(
      z.strictObject({
        percent: z.optional(
          described(share.percent._zod.def.innerType, 'Above this share of all heads: 20 by default.'),
        ),
        heads: z.optional(described(share.heads._zod.def.innerType, 'And from so many heads: 10 by default.')),
      }),
      'How many deletions and rewrites at once wait for the word of a person.',
    ),
  ),
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
  policy: z.optional(described(policy, 'What is different for this replica alone.')),
});

const host = {
  url: described(hostSide.shape.url, 'The https:// URL of the repository, without a login.'),
  secret: described(
    hostSide.shape.secret,
    'The ARN of the secret of AWS Secrets Manager that has the login (docs/hosts.md).',
  ),
};

const toHost = z.strictObject({
  ...host,
  id: z.optional(described(text(REPLICA_ID, REPLICA_ID_EXPECTED), 'The id of the replica; without it, SOURCE--HOST.')),
  policy: z.optional(described(policy, 'What is different for this replica alone.')),
});

const repositoryEntry = z.strictObject({
  source: described(
    z.union([codeCommitSource, z.strictObject(host)]),
    'A repository of CodeCommit, or the URL of another host with the secret that has its login.',
  ),
  destinations: described(
    z.array(z.union([toCodeCommit, toHost])).check(z.minLength(1, 'expected at least one destination')),
    'Where copies are kept: each is a replica of its own.',
  ),
  policy: z.optional(described(policy, 'What is different for the replicas of this source.')),
});

export const minutes = z
  .number()
  .check(
    z.gte(5, 'expected at least 5 minutes'),
    z.lte(1440, 'expected at most 1440 minutes, a day'),
    z.multipleOf(1, 'expected a whole number of minutes'),
  );

const sweep = z.strictObject({
  everyMinutes: z.optional(
    described(minutes, 'How often all replicas are looked at, whatever triggers said: 15 minutes by default.'),
  ),
});

const EMAIL = /^[^\s@",<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

const alerts = z.strictObject({
  emails: z.optional(
    described(
      listOf(text(EMAIL, 'expected an e-mail address'), 'e-mail address'),
      'Who is told. Each gets two mails of AWS to confirm first: one for the alerts, one for the alarms that say that alerts may not arrive.',
    ),
  ),
  topicArn: z.optional(
    described(
      arn('sns', '[\\w-]{1,256}', 'alerts'),
      'A topic of yours, instead of one of its own. Its policy must let cloudwatch.amazonaws.com publish; who is subscribed to it is yours to say.',
    ),
  ),
  alarmTopicArn: z.optional(
    described(
      arn('sns', '[\\w-]{1,256}', 'alarms'),
      'Another topic of yours, instead of one of its own, for the alarms that say that alerts may not arrive. Best without a key; its policy must let cloudwatch.amazonaws.com publish.',
    ),
  ),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
export const SUBNETS_MAX = 16;
export const SECURITY_GROUPS_MAX = 5;

const network = z.strictObject({
  vpcId: described(id('vpc'), 'The VPC in which tasks run.'),
  subnetIds: described(
    listOf(id('subnet'), 'subnet', SUBNETS_MAX),
    'Subnets with a way to the internet, or to the endpoints of git-codecommit, codecommit, ecr, logs, s3 and sts.',
  ),
  securityGroupIds: z.optional(
    described(
      listOf(id('sg'), 'security group', SECURITY_GROUPS_MAX),
      'Without it, one is made: nothing in, TCP 443 out.',
    ),
  ),
  assignPublicIp: z.optional(
    described(z.boolean(), 'Whether a task gets a public address: needed in a public subnet. No by default.'),
  ),
});

export const task = z
  .strictObject({
    cpu: z.optional(
      described(z.literal(CPU_UNITS), 'CPU units of the task: 256, a quarter of a processor, by default.'),
    ),
    memoryMiB: z.optional(described(z.number(), 'Memory of the task in MiB: 512 by default.')),
    architecture: z.optional(
      described(
        z.enum(['ARM64', 'X86_64']),
        'The processor of task and functions: ARM64 by default, which costs less.',
      ),
    ),
  })
  .check((payload) => {
    const { cpu = DEFAULT_SIZE.cpu, memoryMiB = DEFAULT_SIZE.memoryMiB } = payload.value;
    if (isFargateSize({ cpu, memoryMiB })) return;
    const message = `expected one that Fargate has with ${cpu} CPU units: ${sizesInWords(cpu)}`;
    payload.issues.push({ code: 'custom', path: ['memoryMiB'], message, input: memoryMiB });
  });

function sizesInWords(cpu: CpuUnits): string {
  const sizes = memorySizes(cpu);
  return sizes.length <= 8 ? sizes.join(', ') : `${sizes[0]}, ${sizes[1]}, … ${sizes.at(-1)}`;
}

export const retentionDays = z.literal(RETENTION_DAYS);

const TAG_NAME = /^(?!aws:)[\w +=.:/@-]{1,128}$/i;
const TAG = text(/^[\w +=.:/@-]{0,256}$/, 'expected at most 256 letters, digits, spaces or _ . : / = + - @');

/** AWS takes 50 tags; IAM takes names that differ in case alone for one. */
const TAGS_MAX = 50;
const tags = z.record(z.string(), TAG).check(z.meta({ maxProperties: TAGS_MAX }), (payload) => {
  const names = Object.keys(payload.value);
  const refuse = (message: string, path: string[] = []) =>
    payload.issues.push({ code: 'custom', message, path, input: payload.value });
  if (names.length > TAGS_MAX) refuse(`expected at most ${TAGS_MAX}, as AWS takes them, instead of ${names.length}`);
  for (const name of names.filter((one) => !TAG_NAME.test(one)))
    refuse(
      'expected for the tag’s name 1 to 128 letters, digits, spaces or _ . : / = + - @, and not "aws:" before it, which is AWS’s own',
      [name],
    );
  for (const same of Map.groupBy(names, (name) => name.toLowerCase()).values())
    if (same.length > 1)
      refuse(`expected one of ${same.map(shownName).join(', ')}: IAM takes them for one name`, same.slice(-1));
});

export const configurationSchema = z.strictObject({
  $schema: z.optional(described(z.string(), 'Where an editor finds this schema.')),
  region: described(region(), 'The region of the sources, where everything runs; a source may name another.'),
  account: z.optional(described(account, 'The AWS account; without it, that of the credentials that deploy.')),
  repositories: described(
    z.array(repositoryEntry).check(z.minLength(1, 'expected at least one repository')),
    'What is replicated, and where to.',
  ),
  policy: z.optional(
    described(
      policy,
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
    described(
      z.strictObject({
        retentionDays: z.optional(described(retentionDays, 'How long logs are kept: 365 days by default.')),
      }),
      'The logs of functions, tasks and state machines.',
    ),
  ),
  tags: z.optional(described(tags, 'Tags of everything that is made: 50 at most.')),
  encryption: z.optional(
    described(
      text(
        new RegExp(`^(aws-owned|own-key|${KEY.slice(1, -1)})$`),
        'expected "aws-owned", "own-key" or the ARN of a key, such as "arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
      ),
      'The key of topic, table, queues and logs: AWS’s (default), one of its own, or the ARN of yours (docs/security.md has its policy).',
    ),
  ),
  operators: z.optional(
    described(
      listOf(
        text(
          /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)$/,
          'expected the ARN of an IAM user, a role or an account, such as "arn:aws:iam::111122223333:role/operations"',
        ),
        'ARN',
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
/** A policy as it is given at one place: what is missing is for a wider place to say. */
export type PolicyDocument = z.infer<typeof policy>;
