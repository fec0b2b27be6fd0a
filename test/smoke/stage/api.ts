import type { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { type Ask, asking, codeCommit } from '../../../functions/provision/ask.ts';
import type { LoadCredentials } from '../../../git/codecommit/remote.ts';
import { GitError } from '../../../git/errors.ts';

/** CodeCommit's API in one region, for questions about these repositories and no others. */
export interface Api {
  ask: Ask;
  close(): void;
}

/** @param repositories the only names that may be asked about: anything else never leaves this machine. */
export function apiOf(region: string, repositories: readonly string[], load: LoadCredentials): Api {
  const client = codeCommit({ region, credentials: () => load({ fresh: false }) });
  refuseOthers(client, repositories);
  return { ask: asking(client), close: () => client.destroy() };
}

function refuseOthers(client: CodeCommitClient, repositories: readonly string[]): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { repositoryName } = args.input as { repositoryName?: string };
      if (repositoryName === undefined || !repositories.includes(repositoryName)) {
        throw new GitError('input', `"${repositoryName}" is none of this run's repositories: it is not touched`);
      }
      return next(args);
    },
    { step: 'initialize', name: 'refuseOtherRepositories' },
  );
}
