import { ArnFormat, Aspects, type IAspect, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { isCodeCommit, otherAccountOf, type Replica, type Side } from '../../replication/settings.ts';
import { pushedRefs } from '../configuration/pushed-refs.ts';
import { READ_WITH_KEY, WRITE_WITH_KEY } from './repository-keys.ts';
import { statementsOf } from './statements.ts';

/** What changes a repository in any way: nobody of ours may do it at a source. */
export const WRITING_ACTIONS = [
  'codecommit:GitPush',
  'codecommit:CreateBranch',
  'codecommit:CreateCommit',
  'codecommit:CreateUnreferencedMergeCommit',
  'codecommit:DeleteBranch',
  'codecommit:DeleteFile',
  'codecommit:DeleteRepository',
  'codecommit:Merge*',
  'codecommit:PutFile',
  'codecommit:UpdateDefaultBranch',
  'codecommit:UpdateRepository*',
];

/** What a reader asks: refs and objects over git, and of the API which branches and commits there are, and the default branch. */
const READING_ACTIONS = [
  'codecommit:BatchGetCommits',
  'codecommit:GetMergeOptions',
  'codecommit:GetRepository',
  'codecommit:GitPull',
  'codecommit:ListBranches',
];
export const DESTINATION_READING_ACTIONS = ['codecommit:GetRepository', 'codecommit:GitPull'];

export interface ReplicaAccessProps {
  replicas: readonly Replica[];
  /** Replicas of other stacks, whose sources nobody here may write to either. */
  others?: readonly Replica[] | undefined;
  /** ARNs of the keys of destinations in this account. */
  keys?: readonly string[] | undefined;
  /** Of the sources; undefined: that of the stack. */
  account?: string | undefined;
}

/**
 * Who may do what with the repositories of some replicas; all by ARN. Denies every change of a source to each role in the scope that it is
 * made in, whoever makes it.
 */
export class ReplicaAccess extends Construct {
  readonly #replicas: readonly Replica[];
  readonly #stack: Stack;
  readonly #account: string;
  readonly #keys: string[];

  constructor(scope: Construct, id: string, { replicas, others = [], keys = [], account }: ReplicaAccessProps) {
    super(scope, id);
    this.#replicas = replicas;
    this.#keys = [...keys];
    this.#stack = Stack.of(this);
    this.#account = account ?? this.#stack.account;
    const sources = this.#sourcesOnly([...replicas, ...others]);
    if (sources.length === 0) return;
    const neverWrite = new iam.ManagedPolicy(this, 'NeverWriteToSources', {
      description: 'ccrepl never writes to a source, whatever else is allowed',
      statements: [
        new iam.PolicyStatement({
          sid: 'NeverWriteToSources',
          effect: iam.Effect.DENY,
          actions: WRITING_ACTIONS,
          resources: sources,
        }),
      ],
    });
    Aspects.of(scope).add(new AttachToEveryRole(neverWrite));
  }

  /** The task: reads sources, reads and writes destinations of this account, and takes the writer's role in others. */
  grantTask(role: iam.Role): void {
    const destinations = this.#ownDestinations();
    this.#allow(role, 'ReadSources', READING_ACTIONS, this.#sources());
    this.#allow(
      role,
      'ReadDestinations',
      [...DESTINATION_READING_ACTIONS, 'codecommit:UpdateDefaultBranch'],
      destinations,
    );
    this.#allow(role, 'WriteDestinations', ['codecommit:GitPush'], destinations, {
      // The first request of a push names no ref, hence IfExists.
      StringLikeIfExists: { 'codecommit:References': pushedRefs(this.#replicas.map(({ policy }) => policy)) },
    });
    this.#allow(role, 'UseKeys', WRITE_WITH_KEY, this.#keys);
    this.#allow(role, 'TakeRoles', ['sts:AssumeRole'], this.#rolesOfOthers('roleArn'));
    this.#allow(role, 'ReadLogins', ['secretsmanager:GetSecretValue'], this.#secrets());
  }

  /** The checker: reads both sides, can push nowhere. */
  grantChecker(role: iam.Role): void {
    this.#allow(role, 'ReadSources', READING_ACTIONS, this.#sources());
    this.#allow(role, 'ReadDestinations', DESTINATION_READING_ACTIONS, this.#ownDestinations());
    this.#allow(role, 'UseKeys', READ_WITH_KEY, this.#keys);
    this.#allow(role, 'TakeRoles', ['sts:AssumeRole'], this.#rolesOfOthers('checkerRoleArn'));
    this.#allow(role, 'ReadLogins', ['secretsmanager:GetSecretValue'], this.#secrets());
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        sid: 'NeverPush',
        effect: iam.Effect.DENY,
        actions: WRITING_ACTIONS,
        resources: ['*'],
      }),
    );
  }

  /** Sources of CodeCommit, each once. */
  get sourceRepositories(): string[] {
    return [...new Set(this.#replicas.flatMap(({ source }) => (isCodeCommit(source) ? [source.repository] : [])))];
  }

  arnOf({ region, repository }: { region: string; repository: string }): string {
    return this.#stack.formatArn({
      service: 'codecommit',
      region,
      account: this.#account,
      resource: repository,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }

  #sources(): string[] {
    return this.#arns(this.#replicas.map(({ source }) => source));
  }

  #ownDestinations(): string[] {
    return this.#arns(this.#replicas.map(({ destination }) => destination));
  }

  /**
   * Of a region with sources, all repositories if no destination is there: that is stricter than a list, and stays as it is when a replica
   * comes or goes. Else each source, except one that is itself the destination of another.
   */
  #sourcesOnly(replicas: readonly Replica[]): string[] {
    const sides = (of: 'source' | 'destination') => replicas.map((replica) => replica[of]).filter(isCodeCommit);
    const own = sides('destination').filter((side) => otherAccountOf(side) === undefined);
    const written = new Set(own.map((side) => this.arnOf(side)));
    const arns = sides('source').map((side) =>
      own.some(({ region }) => region === side.region) ? this.arnOf(side) : this.arnOf({ ...side, repository: '*' }),
    );
    return [...new Set(arns)].filter((arn) => !written.has(arn));
  }

  /** Of the sides in this account. */
  #arns(sides: readonly Side[]): string[] {
    const own = sides.filter(isCodeCommit).filter((side) => otherAccountOf(side) === undefined);
    return [...new Set(own.map((side) => this.arnOf(side)))];
  }

  #rolesOfOthers(as: 'roleArn' | 'checkerRoleArn'): string[] {
    const roles = this.#replicas.flatMap(({ destination }) =>
      isCodeCommit(destination) && destination.account !== undefined ? [destination.account[as]] : [],
    );
    return [...new Set(roles)];
  }

  #secrets(): string[] {
    const sides = this.#replicas.flatMap(({ source, destination }) => [source, destination]);
    return [...new Set(sides.flatMap((side) => ('secret' in side && side.secret !== undefined ? [side.secret] : [])))];
  }

  #allow(role: iam.Role, sid: string, actions: string[], resources: string[], conditions?: iam.Conditions): void {
    const statements = statementsOf({ sid, actions, resources, ...(conditions && { conditions }) });
    for (const statement of statements) role.addToPrincipalPolicy(statement);
  }
}

/** No role is forgotten, also not those that the CDK makes. */
class AttachToEveryRole implements IAspect {
  readonly #policy: iam.ManagedPolicy;

  constructor(policy: iam.ManagedPolicy) {
    this.#policy = policy;
  }

  visit(node: IConstruct): void {
    if (node instanceof iam.Role) node.addManagedPolicy(this.#policy);
  }
}
