import { type App, Tags } from 'aws-cdk-lib';
import type { Configuration } from '../configuration/configuration.ts';
import { DestinationStack } from './destination-stack.ts';
import { SourceStack } from './source-stack.ts';

/** A stack per region of sources, and one per region, or other account, in which repositories are made. */
export function addStacks(app: App, { account, sources, destinations, options, tags }: Configuration): void {
  const replicas = sources.flatMap((source) => source.replicas);
  const made = destinations.map((destination) => {
    const { region, account: other } = destination;
    const id = ['ccrepl-destination', ...(other === undefined ? [] : [other]), region].join('-');
    const stack = new DestinationStack(app, id, {
      env: environment(other ?? account, region),
      description: 'ccrepl: repositories that hold replicas',
      destination,
      sourceAccount: account,
      replicas,
      options,
      repositoryTags: tags,
    });
    return { stack, other };
  });
  for (const source of sources) {
    const stack = new SourceStack(app, `ccrepl-${source.region}`, {
      env: environment(account, source.region),
      description: 'ccrepl: continuous, proven replication of CodeCommit repositories',
      source,
      others: sources.filter((other) => other !== source).flatMap((other) => other.replicas),
      options,
    });
    // A trigger that calls before the destination is there would find it missing.
    for (const { stack: destination, other } of made) if (other === undefined) stack.addStackDependency(destination);
  }
  for (const [key, value] of Object.entries(tags)) Tags.of(app).add(key, value, { excludeResourceTypes: UNTAGGED });
}

/** Tags of a dashboard are so new that linters (cfn-lint 1.51), and perhaps regions, do not know the property. */
const UNTAGGED = ['AWS::CloudWatch::Dashboard'];

const environment = (account: string | undefined, region: string) => ({
  region,
  ...(account !== undefined && { account }),
});
