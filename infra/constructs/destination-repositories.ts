import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULT_OPTIONS, type NewRepository, type Options } from '../configuration/configuration.ts';
import { Provision } from './provision.ts';
import { WRITE_WITH_KEY } from './repository-keys.ts';

export interface DestinationRepositoriesProps {
  repositories: readonly NewRepository[];
  /** Tags of what is created. */
  tags?: Record<string, string>;
  options?: Options;
}

/** Repositories of the stack's region that are made if they are missing, taken as they are if they are there, and never deleted. */
export class DestinationRepositories extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { repositories, tags = {}, options = DEFAULT_OPTIONS }: DestinationRepositoriesProps,
  ) {
    super(scope, id);
    // Keys are of one region; what this stack writes is the log of a deployment.
    const provision = new Provision(this, 'Provision', { options, key: undefined, name: 'repositories' });
    const arns = repositories.map(({ name }) =>
      Stack.of(this).formatArn({ service: 'codecommit', resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME }),
    );
    provision.allow(
      'MakeRepositories',
      ['codecommit:CreateRepository', 'codecommit:GetRepository', 'codecommit:TagResource'],
      arns,
    );
    const keys = [...new Set(repositories.flatMap(({ kmsKeyArn }) => kmsKeyArn ?? []))];
    // CodeCommit asks in the name of whoever makes the repository.
    provision.allow('UseKeys', WRITE_WITH_KEY, keys);
    for (const { name, description, kmsKeyArn } of repositories)
      provision.resource(`Repository-${name}`, 'Custom::CcreplRepository', {
        RepositoryName: name,
        Description: description,
        ...(kmsKeyArn !== undefined && { KmsKeyId: kmsKeyArn }),
        ...(Object.keys(tags).length > 0 && { Tags: tags }),
      });
  }
}
