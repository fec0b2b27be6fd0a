import type { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { apiError } from '../git/codecommit/api-error.ts';
import { knownCommits } from '../git/codecommit/commits.ts';
import type { LoadCredentials } from '../git/codecommit/remote.ts';
import { GitError } from '../git/errors.ts';
import { type RefName, refBytes, refFromText } from '../git/ref.ts';
import type { DestinationApi, RepositoryApis, SourceApi } from '../replication/apis.ts';
import { type CodeCommitSide, isCodeCommit, type Side } from '../replication/settings.ts';
import { PATIENCE, patientClient, withinPatience } from './patience.ts';
import { understandXmlThrottling } from './xml-throttling.ts';

type Sdk = typeof import('@aws-sdk/client-codecommit');

/** One call of the API, by a client of the side's region; failures are ours. */
type Call = <T>(
  operation: string,
  side: CodeCommitSide,
  send: (sdk: Sdk, client: CodeCommitClient, abort: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

/** What CodeCommit's API can do for a replication, for the sides that are CodeCommit. The SDK is loaded on first use. */
export function codeCommitApis(
  sides: { source: Side | undefined; destination: Side | undefined },
  load: LoadCredentials,
  patience = PATIENCE,
): RepositoryApis {
  const clients = new Map<string, CodeCommitClient>();
  const call: Call = async (operation, { region }, send) => {
    const sdk = await import('@aws-sdk/client-codecommit');
    let client = clients.get(region);
    if (client === undefined) {
      const credentials = () => load({ fresh: false });
      client = understandXmlThrottling(new sdk.CodeCommitClient({ region, credentials, ...patientClient(patience) }));
      clients.set(region, client);
    }
    const name = `codecommit:${operation}`;
    try {
      return await withinPatience(name, patience, (abort) => send(sdk, client, abort));
    } catch (error) {
      throw apiError(name, error);
    }
  };
  const { source, destination } = sides;
  return {
    source: source !== undefined && isCodeCommit(source) ? sourceApi(source, call) : undefined,
    destination: destination !== undefined && isCodeCommit(destination) ? destinationApi(destination, call) : undefined,
  };
}

function sourceApi(side: CodeCommitSide, call: Call): SourceApi {
  const repositoryName = side.repository;
  return {
    knows: knownCommits((commitIds) =>
      call('BatchGetCommits', side, (sdk, client, abort) =>
        client.send(new sdk.BatchGetCommitsCommand({ repositoryName, commitIds }), abort),
      ),
    ),
    contains: async ([tip, ...otherTips], [oid, ...otherOids]) => {
      // The API compares two commits.
      if (tip === undefined || oid === undefined || otherTips.length > 0 || otherOids.length > 0) return undefined;
      try {
        const { baseCommitId } = await call('GetMergeOptions', side, (sdk, client, abort) =>
          client.send(
            new sdk.GetMergeOptionsCommand({
              repositoryName,
              sourceCommitSpecifier: tip,
              destinationCommitSpecifier: oid,
            }),
            abort,
          ),
        );
        return baseCommitId === undefined ? undefined : baseCommitId === oid;
      } catch (error) {
        // No merge base, too far apart, no commit (a tag object), no permission: then it is not known, and that is the stricter way.
        if (error instanceof GitError && !error.retryable) return undefined;
        throw error;
      }
    },
    branches: () => listBranches(side, call),
    defaultBranch: () => defaultBranchOf(side, call),
  };
}

function destinationApi(side: CodeCommitSide, call: Call): DestinationApi {
  return {
    defaultBranch: () => defaultBranchOf(side, call),
    setDefaultBranch: async (branch) => {
      const defaultBranchName = refBytes(branch).toString('utf8').replace('refs/heads/', '');
      await call('UpdateDefaultBranch', side, (sdk, client, abort) =>
        client.send(new sdk.UpdateDefaultBranchCommand({ repositoryName: side.repository, defaultBranchName }), abort),
      );
    },
  };
}

async function defaultBranchOf(side: CodeCommitSide, call: Call): Promise<RefName | undefined> {
  const found = await call('GetRepository', side, (sdk, client, abort) =>
    client.send(new sdk.GetRepositoryCommand({ repositoryName: side.repository }), abort),
  );
  const name = found.repositoryMetadata?.defaultBranch;
  return name === undefined ? undefined : refFromText(`refs/heads/${name}`);
}

async function listBranches(side: CodeCommitSide, call: Call): Promise<Set<RefName>> {
  const names = new Set<RefName>();
  let nextToken: string | undefined;
  do {
    const page = await call('ListBranches', side, (sdk, client, abort) =>
      client.send(
        new sdk.ListBranchesCommand({ repositoryName: side.repository, ...(nextToken !== undefined && { nextToken }) }),
        abort,
      ),
    );
    for (const name of page.branches ?? []) names.add(refFromText(`refs/heads/${name}`));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}
