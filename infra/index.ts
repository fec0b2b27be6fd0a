/** What an app of somebody else's uses (docs/configuration.md). */

export type { Configuration, Encryption, NewRepository, Options } from './configuration/configuration.ts';
export type { OptionsProps } from './configuration/options.ts';
export { parseConfiguration } from './configuration/read.ts';
export {
  DestinationAccountRoles,
  type DestinationAccountRolesProps,
} from './constructs/destination-account-roles.ts';
export {
  DestinationRepositories,
  type DestinationRepositoriesProps,
} from './constructs/destination-repositories.ts';
export { CodeCommitReplication, type CodeCommitReplicationProps, type ReplicaProps } from './replication.ts';
