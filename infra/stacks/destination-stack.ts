import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Replica } from '../../replication/settings.ts';
import type { DestinationRegion, Options } from '../configuration/configuration.ts';
import { ReplicaAccess } from '../constructs/access.ts';
import { DestinationAccountRoles } from '../constructs/destination-account-roles.ts';
import { DestinationRepositories } from '../constructs/destination-repositories.ts';
import { NAMES } from '../constructs/names.ts';

export interface DestinationStackProps extends StackProps {
  destination: DestinationRegion;
  /** The account of the sources; undefined: that of the credentials that deploy. */
  sourceAccount: string | undefined;
  /** All replicas: nobody here may write to their sources either. */
  replicas: readonly Replica[];
  options: Options;
  repositoryTags: Record<string, string>;
}

/** What a region, or another account, must have before replicas can be written there. */
export class DestinationStack extends Stack {
  constructor(scope: Construct, id: string, props: DestinationStackProps) {
    super(scope, id, props);
    const { destination, sourceAccount, replicas, options, repositoryTags } = props;
    new ReplicaAccess(this, 'Access', { replicas, account: sourceAccount });
    new DestinationRepositories(this, 'Repositories', {
      repositories: destination.repositories,
      tags: repositoryTags,
      options,
    });
    for (const { homes, ...roles } of destination.roles) {
      const ours = (roleName: (region: string) => string) =>
        homes.map((region) => `arn:${this.partition}:iam::${sourceAccount}:role/${roleName(region)}`);
      new DestinationAccountRoles(this, `Roles-${roles.writerRoleName}`, {
        ...roles,
        account: sourceAccount ?? this.account,
        writers: ours(NAMES.taskRole),
        checkers: ours(NAMES.checkerRole),
      });
    }
  }
}
