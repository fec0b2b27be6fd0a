import type { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { knownCommits } from '../../git/codecommit/commits.ts';
import type { LoadCredentials } from '../../git/codecommit/remote.ts';
import { type RefName, refBytes, refFromText } from '../../git/ref.ts';
import type { SourceKnows } from '../../replication/origin.ts';
import type { Side } from '../../replication/settings.ts';
import type { DefaultBranchPort } from '../relay/default-branch.ts';

/**
 * The parts of CodeCommit's API that a relay uses, for the sides that are CodeCommit. The SDK is loaded on first use: most
 * runs need nothing of it.
 */
export function codeCommitPorts(
  source: Side | undefined,
  destination: Side | undefined,
  load: LoadCredentials,
): { defaultBranch?: DefaultBranchPort; sourceKnows?: SourceKnows } {
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

  const setDefaultBranch = async ({ region, repository }: Side, branch: RefName) => {
    const { sdk, client } = await connect(region);
    const defaultBranchName = refBytes(branch).toString('utf8').replace('refs/heads/', '');
    await client.send(new sdk.UpdateDefaultBranchCommand({ repositoryName: repository, defaultBranchName }));
  };
  const batchGetCommits = async ({ region, repository }: Side, commitIds: string[]) => {
    const { sdk, client } = await connect(region);
    return client.send(new sdk.BatchGetCommitsCommand({ repositoryName: repository, commitIds }));
  };

  return {
    ...(destination !== undefined && {
      defaultBranch: {
        ...(source !== undefined && { source: () => defaultBranchOf(source) }),
        destination: () => defaultBranchOf(destination),
        setDestination: (branch) => setDefaultBranch(destination, branch),
      },
    }),
    ...(source !== undefined && { sourceKnows: knownCommits((ids) => batchGetCommits(source, ids)) }),
  };
}
