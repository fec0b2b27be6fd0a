import type { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { apiError } from '../git/codecommit/api-error.ts';
import { knownCommits } from '../git/codecommit/commits.ts';
import type { LoadCredentials } from '../git/codecommit/remote.ts';
import { GitError } from '../git/errors.ts';
import { type RefName, refBytes, refFromText } from '../git/ref.ts';
import type { DestinationApi, RepositoryApis, SourceApi } from '../replication/apis.ts';
import { type CodeCommitSide, isCodeCommit, type Side } from '../replication/settings.ts';
import { PATIENCE, type Patience, patientClient, withinPatience } from './patience.ts';
import type { SideCredentials } from './side-credentials.ts';
import { understandXmlThrottling } from './xml-throttling.ts';

type Sdk = typeof import('@aws-sdk/client-codecommit');

/** One call of the API about one repository, by a client of its region; failures are ours. */
type Call = <T>(
  operation: string,
  send: (sdk: Sdk, client: CodeCommitClient, abort: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

/**
 * What CodeCommit's API can do for a replication, for the sides that are CodeCommit. The SDK is loaded on first use.
 *
 * @param load the credentials of both sides, or of each
 */
export function codeCommitApis(
  { source, destination }: { source: Side | undefined; destination: Side | undefined },
  load: LoadCredentials | SideCredentials,
  patience = PATIENCE,
): RepositoryApis {
  const of = typeof load === 'function' ? { source: load, destination: load } : load;
  return {
    source:
      source !== undefined && isCodeCommit(source)
        ? sourceApi(source.repository, caller(source, of.source, patience))
        : undefined,
    destination:
      destination !== undefined && isCodeCommit(destination)
        ? destinationApi(destination.repository, caller(destination, of.destination, patience))
        : undefined,
  };
}

function caller({ region }: CodeCommitSide, load: LoadCredentials, patience: Patience): Call {
  let client: CodeCommitClient | undefined;
  return async (operation, send) => {
    const sdk = await import('@aws-sdk/client-codecommit');
    const credentials = () => load({ fresh: false });
    client ??= understandXmlThrottling(new sdk.CodeCommitClient({ region, credentials, ...patientClient(patience) }));
    const ready = client;
    const name = `codecommit:${operation}`;
    try {
      return await withinPatience(name, patience, (abort) => send(sdk, ready, abort));
    } catch (error) {
      throw apiError(name, error);
    }
  };
}

function sourceApi(repositoryName: string, call: Call): SourceApi {
  return {
    knows: knownCommits((commitIds) =>
      call('BatchGetCommits', (sdk, client, abort) =>
        client.send(new sdk.BatchGetCommitsCommand({ repositoryName, commitIds }), abort),
      ),
    ),
    contains: async ([tip, ...otherTips], [oid, ...otherOids]) => {
      // The API compares two commits.
      if (tip === undefined || oid === undefined || otherTips.length > 0 || otherOids.length > 0) return undefined;
      try {
        const { baseCommitId } = await call('GetMergeOptions', (sdk, client, abort) =>
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
    branches: () => listBranches(repositoryName, call),
    defaultBranch: () => defaultBranchOf(repositoryName, call),
  };
}

function destinationApi(repositoryName: string, call: Call): DestinationApi {
  return {
    defaultBranch: () => defaultBranchOf(repositoryName, call),
    setDefaultBranch: async (branch) => {
      const defaultBranchName = refBytes(branch).toString('utf8').replace('refs/heads/', '');
      await call('UpdateDefaultBranch', (sdk, client, abort) =>
        client.send(new sdk.UpdateDefaultBranchCommand({ repositoryName, defaultBranchName }), abort),
      );
    },
  };
}

async function defaultBranchOf(repositoryName: string, call: Call): Promise<RefName | undefined> {
  const found = await call('GetRepository', (sdk, client, abort) =>
    client.send(new sdk.GetRepositoryCommand({ repositoryName }), abort),
  );
  const name = found.repositoryMetadata?.defaultBranch;
  return name === undefined ? undefined : refFromText(`refs/heads/${name}`);
}

async function listBranches(repositoryName: string, call: Call): Promise<Set<RefName>> {
  const names = new Set<RefName>();
  let nextToken: string | undefined;
  do {
    const page = await call('ListBranches', (sdk, client, abort) =>
      client.send(
        new sdk.ListBranchesCommand({ repositoryName, ...(nextToken !== undefined && { nextToken }) }),
        abort,
      ),
    );
    for (const name of page.branches ?? []) names.add(refFromText(`refs/heads/${name}`));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}
