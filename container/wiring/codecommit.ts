import type { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { knownCommits } from '../../git/codecommit/commits.ts';
import type { LoadCredentials } from '../../git/codecommit/remote.ts';
import { refBytes, refFromText } from '../../git/ref.ts';
import type { SourceKnows } from '../../replication/origin.ts';
import type { Side } from '../../replication/settings.ts';
import type { DefaultBranchPort } from '../relay/default-branch.ts';

/** The parts of CodeCommit's API that a relay uses, loaded on first use: most runs need none. */
export function codeCommitPorts(
  source: Side,
  destination: Side,
  load: LoadCredentials,
): { defaultBranch: DefaultBranchPort; sourceKnows: SourceKnows } {
  const clients = new Map<string, CodeCommitClient>();
  const connect = async (region: string) => {
    const sdk = await import('@aws-sdk/client-codecommit');
    const client =
      clients.get(region) ?? new sdk.CodeCommitClient({ region, credentials: () => load({ fresh: false }) });
    clients.set(region, client);
    return { sdk, client };
  };
  const defaultBranchOf = async ({ region, repository }: Side) => {
    const { sdk, client } = await connect(region);
    const found = await client.send(new sdk.GetRepositoryCommand({ repositoryName: repository }));
    const name = found.repositoryMetadata?.defaultBranch;
    return name === undefined ? undefined : refFromText(`refs/heads/${name}`);
  };

  return {
    defaultBranch: {
      source: () => defaultBranchOf(source),
      destination: () => defaultBranchOf(destination),
      setDestination: async (branch) => {
        const { sdk, client } = await connect(destination.region);
        const defaultBranchName = refBytes(branch).toString('utf8').replace('refs/heads/', '');
        const input = { repositoryName: destination.repository, defaultBranchName };
        await client.send(new sdk.UpdateDefaultBranchCommand(input));
      },
    },
    sourceKnows: knownCommits(async (commitIds) => {
      const { sdk, client } = await connect(source.region);
      return client.send(new sdk.BatchGetCommitsCommand({ repositoryName: source.repository, commitIds }));
    }),
  };
}
