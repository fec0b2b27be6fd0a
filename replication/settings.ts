import * as z from 'zod/mini';
import { REGION, REGION_EXPECTED, REPOSITORY, REPOSITORY_EXPECTED } from '../git/codecommit/names.ts';
import { repositoryIdentity } from '../git/identity.ts';
import { printable } from '../git/ref.ts';
import { isLoopback, parseRepositoryAddress } from '../git/url.ts';
import { parseDocument } from './document.ts';
import { ReplicationError } from './errors.ts';
import { FINGERPRINT } from './mass-change.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';

export const REPLICA_ID = /^[\w.-]{1,128}$/;
export const REPLICA_ID_EXPECTED = 'expected 1 to 128 letters, digits, ".", "_" or "-"';

const region = z.string().check(z.regex(REGION, REGION_EXPECTED));
const repository = z.string().check(z.regex(REPOSITORY, REPOSITORY_EXPECTED));

const ROLE = /^(arn:aws[a-z-]*:iam::(\d{12}):)role\/(?:[!-.0-~]+\/)*[\w+=,.@-]{1,64}$/;
const role = z
  .string()
  .check(
    z.maxLength(640, 'expected at most 640 characters'),
    z.regex(ROLE, 'expected the ARN of an IAM role, such as "arn:aws:iam::222222222222:role/NAME"'),
  );
/** The account that a role is of, with its partition. */
const ofAccount = (arn: string): string | undefined => ROLE.exec(arn)?.[1];

/** Another AWS account, as two roles of it that trust this one: CodeCommit has no resource policies, so access is by identity alone. */
export const destinationAccount = z
  .strictObject({
    /** Assumed by the task: reads and pushes. */
    roleArn: role,
    /** Assumed by the comparison: reads. */
    checkerRoleArn: role,
    externalId: z
      .string()
      .check(
        z.regex(
          /^[\w+=,.@:/-]{2,1224}$/,
          'expected 2 to 1224 letters, digits and characters of "_+=,.@:/-", as IAM takes them',
        ),
      ),
  })
  .check((payload) => {
    const { roleArn, checkerRoleArn } = payload.value;
    const refuse = (message: string) =>
      payload.issues.push({ code: 'custom', path: ['checkerRoleArn'], message, input: payload.value });
    if (roleArn === checkerRoleArn)
      refuse('expected another role than "roleArn": the checker must be an identity that can push nowhere');
    if (ofAccount(roleArn) !== ofAccount(checkerRoleArn))
      refuse(`expected a role of the same account as "roleArn", ${ofAccount(roleArn)}`);
  });

const foreignSource = z.custom<OtherAccount>(
  () => false,
  'expected none: only a destination may be in another account, because a trigger of CodeCommit cannot call a function of another; run ccrepl in the account of the source',
);
const codeCommitSource = z.strictObject({ region, repository, account: z.optional(foreignSource) });
const codeCommitDestination = z.strictObject({ region, repository, account: z.optional(destinationAccount) });

/** A URL that a secret may be sent to; the error never shows a login. */
const url = z.string().check((payload) => {
  const problem = urlProblem(payload.value);
  if (problem !== undefined) payload.issues.push({ code: 'custom', message: problem, input: payload.value });
});
const secret = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}$/,
      'expected the ARN of a secret, such as "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:NAME-AbCdEf"',
    ),
  );
export const hostSide = z.strictObject({ url, secret: z.optional(secret) });
const sourceSide = z.union([codeCommitSource, hostSide]);
const destinationSide = z.union([codeCommitDestination, hostSide]);

const SHARE_EXPECTED = 'expected a percentage from 0 to 100';
const HEADS_EXPECTED = 'expected a whole number from 1';

export const policySchema = z.strictObject({
  refs: z._default(
    z
      .array(
        z
          .string()
          .check(
            z.regex(
              /^refs\/[^*\s?[\\^~:]+\*?$/,
              'expected a ref name, or a prefix that ends in "*", such as "refs/heads/*"',
            ),
          ),
      )
      .check(z.minLength(1, 'expected at least one: a replica of nothing would always be in sync')),
    [...DEFAULT_POLICY.refs],
  ),
  deletes: z._default(z.enum(['mirror', 'keep']), DEFAULT_POLICY.deletes),
  rewrites: z._default(z.enum(['mirror', 'archive', 'refuse']), DEFAULT_POLICY.rewrites),
  massChange: z._default(
    z.strictObject({
      percent: z._default(
        z.number().check(z.gte(0, SHARE_EXPECTED), z.lte(100, SHARE_EXPECTED)),
        DEFAULT_POLICY.massChange.percent,
      ),
      heads: z._default(
        z.number().check(z.gte(1, HEADS_EXPECTED), z.multipleOf(1, HEADS_EXPECTED)),
        DEFAULT_POLICY.massChange.heads,
      ),
    }),
    { ...DEFAULT_POLICY.massChange },
  ),
});

const replica = z.strictObject({
  id: z.string().check(z.regex(REPLICA_ID, REPLICA_ID_EXPECTED)),
  source: sourceSide,
  destination: destinationSide,
  policy: z._default(policySchema, {
    ...DEFAULT_POLICY,
    refs: [...DEFAULT_POLICY.refs],
    massChange: { ...DEFAULT_POLICY.massChange },
  }),
});

const settings = z.strictObject({ replicas: z.array(replica) });

const confirm = z.string().check(z.regex(FINGERPRINT, 'expected the fingerprint that the refused run named'));
const task = z.strictObject({ ...replica.shape, confirm: z.optional(confirm) });

/** Another AWS account, as two roles of it. */
export type OtherAccount = z.infer<typeof destinationAccount>;
/** A CodeCommit repository in a region, of the account that ccrepl runs in or of another. */
export type CodeCommitSide = z.infer<typeof codeCommitDestination>;
/** A repository of another host, over smart HTTP; its login is in a secret of AWS Secrets Manager. */
export type HostSide = z.infer<typeof hostSide>;
export type Side = z.infer<typeof destinationSide>;
/** One configured pair. */
export type Replica = z.infer<typeof replica>;
/** The content of `replication.json`. */
export type Settings = z.infer<typeof settings>;
/** What a task gets: its replica, and what a person has confirmed. */
export type Task = z.infer<typeof task>;

export const isCodeCommit = (of: Side): of is CodeCommitSide => 'region' in of;

/** The id of the other account that a side is in; undefined where none is named. */
export const otherAccountOf = (of: Side): string | undefined =>
  isCodeCommit(of) && of.account !== undefined ? ROLE.exec(of.account.roleArn)?.[2] : undefined;

/** A side for people: `Source in ap-northeast-1`, `Source in ap-northeast-1 of account 222222222222`, or its URL. */
export function describeSide(of: Side): string {
  if (!isCodeCommit(of)) return of.url;
  const other = otherAccountOf(of);
  return `${of.repository} in ${of.region}${other === undefined ? '' : ` of account ${other}`}`;
}

/** One text for every spelling of the same repository. The same region and name in another account are another repository. */
export function sideIdentity(of: Side): string {
  if (!isCodeCommit(of)) return repositoryIdentity(parseRepositoryAddress(of.url));
  const { region, repository } = of;
  const there = repositoryIdentity({ kind: 'codecommit', region, repository, host: undefined });
  const other = otherAccountOf(of);
  return other === undefined ? there : `account ${other}:${there}`;
}

/**
 * Reads `replication.json`. All that is wrong is said at once, each with its path, the value and what is allowed.
 *
 * @throws ReplicationError `input`
 */
export function parseSettings(json: string): Settings {
  const parsed = parseDocument(json, settings, 'replication.json');
  const problems = pairProblems(parsed.replicas);
  if (problems.length > 0) throw new ReplicationError('input', `replication.json: ${problems.join('; ')}`);
  return parsed;
}

/**
 * A replica's settings are what its task gets, as JSON in JSON: ECS takes overrides of 8,192 characters, of which some are for names and
 * the execution's ARN.
 */
const TASK_CHARS_MAX = 6000;

/** What is wrong with replicas that are each right: two that write to one repository, or one that is written in a circle. */
function pairProblems(replicas: readonly Replica[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  const writers = new Map<string, Replica>();
  for (const one of replicas) {
    const { id, source, destination } = one;
    const chars = JSON.stringify(JSON.stringify(one)).length;
    if (chars > TASK_CHARS_MAX)
      problems.push(
        `"${id}" has settings of ${chars} characters, and a task is given at most ${TASK_CHARS_MAX}: name fewer refs`,
      );
    const to = sideIdentity(destination);
    const other = writers.get(to);
    if (ids.has(id)) problems.push(`two replicas have the id "${id}"`);
    if (other !== undefined)
      problems.push(`"${id}" and "${other.id}" have the same destination, ${describeSide(destination)}`);
    if (to === sideIdentity(source))
      problems.push(`"${id}": source and destination are the same repository, ${describeSide(destination)}`);
    ids.add(id);
    writers.set(to, one);
  }
  const settled = new Set<Replica>();
  for (const start of replicas) {
    // Each repository has one writer, so the way back from a replica is one line.
    const way: Replica[] = [];
    let at: Replica | undefined = start;
    while (at !== undefined && !settled.has(at) && !way.includes(at)) {
      way.push(at);
      at = writers.get(sideIdentity(at.source));
    }
    if (at !== undefined && way.includes(at)) {
      const loop = way.slice(way.indexOf(at)).reverse();
      const names = loop.map(({ id }) => `"${id}"`).join(', ');
      if (loop.length > 1) problems.push(`${names} replicate in a circle: a repository would be its own replica`);
    }
    for (const one of way) settled.add(one);
  }
  return problems;
}

/** A policy as a person gives it on the command line; what is not given is the default. */
export const parsePolicy = (given: object): Policy => parseDocument(JSON.stringify(given), policySchema, 'the policy');

/** Reads what a task gets: one replica, and perhaps a confirmation. */
export const parseTask = (json: string): Task => {
  const parsed = parseDocument(json, task, 'the replica');
  if (sideIdentity(parsed.source) === sideIdentity(parsed.destination)) {
    const both = describeSide(parsed.destination);
    throw new ReplicationError('input', `"${parsed.id}": source and destination are the same repository, ${both}`);
  }
  return parsed;
};

/** The replica with this id; the error names those that there are. */
export function findReplica(settings: Settings, id: string): Replica {
  const found = settings.replicas.find((candidate) => candidate.id === id);
  if (found !== undefined) return found;
  const ids = settings.replicas.map((candidate) => `"${candidate.id}"`);
  const known = ids.length === 0 ? 'none is configured' : `expected one of ${ids.slice(0, 50).join(', ')}`;
  throw new ReplicationError('input', `"${printable(id)}" is not a replica: ${known}`);
}

function urlProblem(text: string): string | undefined {
  let address: ReturnType<typeof parseRepositoryAddress>;
  try {
    address = parseRepositoryAddress(text);
  } catch {
    return 'expected the https:// URL of a git repository, such as "https://github.com/OWNER/NAME.git"';
  }
  if (address.kind === 'codecommit') return 'expected "region" and "repository" for a repository of CodeCommit';
  if (address.login !== undefined)
    return 'expected a URL without a login: put it into a secret, and name that in "secret"';
  if (address.url.protocol === 'https:' || isLoopback(address.url)) return undefined;
  return 'expected an https:// URL: nothing is replicated in plain text';
}
