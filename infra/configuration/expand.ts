import { describeSide, isCodeCommit, otherAccountOf, type Replica, type Side } from '../../replication/settings.ts';
import {
  type Configuration,
  DEFAULT_OPTIONS,
  type DestinationRegion,
  type DestinationRoles,
  type Encryption,
  type NewRepository,
  type SourceRegion,
} from './configuration.ts';
import { mergePolicies } from './policies.ts';
import { pushedRefs } from './pushed-refs.ts';
import type { ConfigurationDocument } from './schema.ts';

type Entry = ConfigurationDocument['repositories'][number];
type Destination = Entry['destinations'][number];

/** A replica, and what is to be made for it. */
export interface Expanded {
  /** Where it is in the document: `repositories.0.destinations.1`. */
  path: string;
  replica: Replica;
  /** The region in which it runs. */
  home: string;
  /** Undefined where the destination must be there. */
  repository: NewRepository | undefined;
  /** As it is given, whether or not the repository is made. */
  kmsKeyArn: string | undefined;
}

/** What the document means, replica by replica: names, ids and policies that it leaves out are filled in. */
export function expandReplicas(document: ConfigurationDocument): Expanded[] {
  return document.repositories.flatMap((entry, index) =>
    entry.destinations.map((destination, number) => {
      const name = nameOf(entry.source);
      const source = sourceOf(entry.source, document.region);
      const to = destinationOf(destination, name);
      const policy = mergePolicies(document.policy, entry.policy, destination.policy);
      const replica: Replica = { id: destination.id ?? defaultId(name, to), source, destination: to, policy };
      return {
        path: `repositories.${index}.destinations.${number}`,
        replica,
        home: isCodeCommit(source) ? source.region : document.region,
        repository: newRepository(destination, replica),
        kmsKeyArn: 'url' in destination ? undefined : destination.kmsKeyArn,
      };
    }),
  );
}

/** The whole configuration; `expanded` are its replicas, already found to be right. */
export function expand(document: ConfigurationDocument, expanded: readonly Expanded[]): Configuration {
  const { emails, topicArn, alarmTopicArn } = document.alerts ?? {};
  return {
    account: document.account,
    sources: sourceRegions(expanded),
    destinations: destinationRegions(expanded),
    options: {
      sweepMinutes: document.sweep?.everyMinutes ?? DEFAULT_OPTIONS.sweepMinutes,
      emails: emails ?? DEFAULT_OPTIONS.emails,
      topicArn,
      alarmTopicArn,
      network: document.network && { ...document.network, assignPublicIp: document.network.assignPublicIp ?? false },
      task: { ...DEFAULT_OPTIONS.task, ...document.task },
      logRetentionDays: document.logs?.retentionDays ?? DEFAULT_OPTIONS.logRetentionDays,
      encryption: encryptionOf(document.encryption ?? 'aws-owned'),
      operators: document.operators ?? DEFAULT_OPTIONS.operators,
      reservedConcurrency: document.reservedConcurrency ?? DEFAULT_OPTIONS.reservedConcurrency,
    },
    tags: document.tags ?? {},
  };
}

const encryptionOf = (given: string): Encryption =>
  given === 'aws-owned' || given === 'own-key' ? given : { keyArn: given };

const sourceOf = (source: Entry['source'], region: string): Side =>
  'url' in source ? source : { region: source.region ?? region, repository: source.repository };

function destinationOf(destination: Destination, name: string): Side {
  if ('url' in destination) {
    const { url, secret } = destination;
    return { url, ...(secret !== undefined && { secret }) };
  }
  const { region, repository = name, account } = destination;
  return { region, repository, ...(account !== undefined && { account }) };
}

/** The name that a copy has if none is given. */
const nameOf = (source: Entry['source']): string =>
  'url' in source ? (source.url.replace(/\/+$/, '').split('/').at(-1) ?? '').replace(/\.git$/, '') : source.repository;

function defaultId(name: string, to: Side): string {
  if (!isCodeCommit(to)) return `${name}--${new URL(to.url).hostname}`;
  const account = otherAccountOf(to);
  return [name, to.region, ...(account === undefined ? [] : [account])].join('--');
}

function newRepository(destination: Destination, { source, destination: to }: Replica): NewRepository | undefined {
  if ('url' in destination || !isCodeCommit(to) || destination.create === false) return undefined;
  return {
    name: to.repository,
    description: `A replica of ${describeSide(source)}, kept by ccrepl: what is pushed here is not replicated.`.slice(
      0,
      1000,
    ),
    ...(destination.kmsKeyArn !== undefined && { kmsKeyArn: destination.kmsKeyArn }),
  };
}

/** Of the repositories that are made. */
const keysOf = (expanded: readonly Pick<Expanded, 'repository'>[]): string[] => [
  ...new Set(expanded.flatMap(({ repository }) => repository?.kmsKeyArn ?? [])),
];

function sourceRegions(expanded: readonly Expanded[]): SourceRegion[] {
  const regions = Map.groupBy(expanded, ({ home }) => home);
  return [...regions].map(([region, of]) => ({
    region,
    replicas: of.map(({ replica }) => replica),
    keys: keysOf(of.filter(({ replica }) => otherAccountOf(replica.destination) === undefined)),
  }));
}

function destinationRegions(expanded: readonly Expanded[]): DestinationRegion[] {
  const placeOf = ({ replica: { destination } }: Expanded) =>
    isCodeCommit(destination) ? `${destination.region} ${otherAccountOf(destination) ?? ''}` : '';
  return [...Map.groupBy(expanded, placeOf)].flatMap(([place, of]) => {
    const repositories = of.flatMap(({ repository }) => repository ?? []);
    if (repositories.length === 0) return [];
    const [region = '', account = ''] = place.split(' ');
    // Roles that are made are for all replicas that name them, also for those whose repository is there.
    const made = new Set(of.filter(({ repository }) => repository !== undefined).map(roleArnOf));
    return {
      account: account === '' ? undefined : account,
      region,
      repositories,
      roles: rolesOf(of.filter((one) => made.has(roleArnOf(one)))),
    };
  });
}

const roleArnOf = ({ replica: { destination } }: Expanded): string | undefined =>
  isCodeCommit(destination) ? destination.account?.roleArn : undefined;

function rolesOf(expanded: readonly Expanded[]): DestinationRoles[] {
  const foreign = expanded.flatMap(({ replica: { destination, policy }, home, repository }) =>
    isCodeCommit(destination) && destination.account !== undefined
      ? [{ ...destination.account, name: destination.repository, repository, policy, home }]
      : [],
  );
  return [...Map.groupBy(foreign, ({ roleArn }) => roleArn)].map(([roleArn, of]) => ({
    writerRoleName: roleName(roleArn),
    checkerRoleName: roleName(of[0]?.checkerRoleArn ?? ''),
    externalId: of[0]?.externalId ?? '',
    repositories: of.map(({ name }) => name),
    refs: pushedRefs(of.map(({ policy }) => policy)),
    keys: keysOf(of),
    homes: [...new Set(of.map(({ home }) => home))],
  }));
}

const roleName = (arn: string): string => arn.split('/').at(-1) ?? '';
