import type { Replica } from '../../replication/settings.ts';
import type { CpuUnits } from './fargate.ts';
import type { RETENTION_DAYS } from './retention.ts';

/** What `replication.json` means: everything that is not said has its default. */
export interface Configuration {
  /** Undefined: that of the credentials that deploy. */
  account: string | undefined;
  /** A stack each: all that runs. */
  sources: SourceRegion[];
  /** A stack each: repositories that are made if they are missing, and roles of another account. */
  destinations: DestinationRegion[];
  options: Options;
  tags: Record<string, string>;
}

/** The replicas whose sources are in one region. */
export interface SourceRegion {
  region: string;
  replicas: Replica[];
  /** ARNs of the keys of repositories that are made in this account. */
  keys: string[];
}

export interface DestinationRegion {
  /** Undefined: the account of the sources. */
  account: string | undefined;
  region: string;
  repositories: NewRepository[];
  /** The roles that the other account gives; none in the account of the sources. */
  roles: DestinationRoles[];
}

/** A repository that is made if it is missing. */
export interface NewRepository {
  name: string;
  /** Why it is there, for people who find it: at most 1,000 characters. */
  description: string;
  kmsKeyArn?: string;
}

export interface DestinationRoles {
  writerRoleName: string;
  checkerRoleName: string;
  externalId: string;
  /** Names of the repositories that they are for. */
  repositories: string[];
  /** What may be pushed: patterns of ref names. */
  refs: string[];
  /** ARNs of the keys of those that are made. */
  keys: string[];
  /** The regions of the sources: ccrepl comes from there. */
  homes: string[];
}

/** What the stacks of all source regions have in common. */
export interface Options {
  sweepMinutes: number;
  emails: readonly string[];
  topicArn: string | undefined;
  /** Where alarms about the way to `topicArn` go as well. */
  alarmTopicArn: string | undefined;
  network: Network | undefined;
  task: { cpu: CpuUnits; memoryMiB: number; architecture: 'ARM64' | 'X86_64' };
  logRetentionDays: (typeof RETENTION_DAYS)[number];
  encryption: Encryption;
  operators: readonly string[];
  reservedConcurrency: boolean;
}

/** A network that is there. */
export interface Network {
  vpcId: string;
  subnetIds: readonly string[];
  securityGroupIds?: readonly string[] | undefined;
  assignPublicIp: boolean;
}

/** AWS's keys, one key of the deployment's own, or the ARN of one that is there. */
export type Encryption = 'aws-owned' | 'own-key' | { keyArn: string };

export const DEFAULT_OPTIONS: Options = {
  sweepMinutes: 15,
  emails: [],
  topicArn: undefined,
  alarmTopicArn: undefined,
  network: undefined,
  task: { cpu: 256, memoryMiB: 512, architecture: 'ARM64' },
  logRetentionDays: 365,
  encryption: 'aws-owned',
  operators: [],
  reservedConcurrency: true,
};
