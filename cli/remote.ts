import { codeCommitRemote, gitEndpoints, type LoadCredentials } from '../git/codecommit/remote.ts';
import { anonymous, basic } from '../git/credentials.ts';
import { repositoryIdentity } from '../git/identity.ts';
import { GitRemote, type RemoteOptions } from '../git/remote.ts';
import { parseRepositoryAddress, type RepositoryAddress } from '../git/url.ts';
import { ReplicationError } from '../replication/errors.ts';
import type { CodeCommitSide } from '../replication/settings.ts';

/** A repository that a person named on the command line. */
export interface NamedRepository {
  remote: GitRemote;
  /** Where it is CodeCommit. */
  codeCommit: CodeCommitSide | undefined;
}

type Options = Pick<RemoteOptions, 'signal' | 'onProgress'>;

/** Both repositories of a command, checked before anything is sent. */
export function openBoth(
  source: string,
  destination: string,
  load: LoadCredentials,
  options: Options,
): { source: NamedRepository; destination: NamedRepository } {
  const addresses = { source: parseRepositoryAddress(source), destination: parseRepositoryAddress(destination) };
  const from = open(addresses.source, load, { ...options, side: 'source' });
  const to = open(addresses.destination, load, { ...options, side: 'destination' });
  const sameName = repositoryIdentity(addresses.source) === repositoryIdentity(addresses.destination);
  if (sameName || reachedAs(from) === reachedAs(to)) {
    throw new ReplicationError(
      'input',
      `source and destination are the same repository, ${from.remote.url.href}: expected two`,
    );
  }
  return { source: from, destination: to };
}

function open(address: RepositoryAddress, load: LoadCredentials, options: Options & { side: string }): NamedRepository {
  if (address.kind === 'http') {
    const { url, login } = address;
    const authorize = login === undefined ? anonymous : basic(login.username, login.password);
    return { remote: new GitRemote({ ...options, url, authorize }), codeCommit: undefined };
  }
  const { region, repository, host } = address;
  const endpoints = host === undefined ? gitEndpoints(process.env) : { [region]: `https://${host}` };
  const codeCommit = { region, repository };
  return { remote: codeCommitRemote(codeCommit, load, endpoints, options), codeCommit };
}

/** What is really asked: `CCREPL_GIT_ENDPOINTS` may make one repository of two addresses. */
const reachedAs = ({ remote }: NamedRepository): string =>
  repositoryIdentity({ kind: 'http', url: remote.url, login: undefined });
