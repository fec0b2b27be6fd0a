import { codeCommitRemote, gitEndpoints, type LoadCredentials } from '../git/codecommit/remote.ts';
import { anonymous, basic } from '../git/credentials.ts';
import { GitRemote, type RemoteOptions } from '../git/remote.ts';
import { parseRepositoryAddress, type RepositoryAddress } from '../git/url.ts';
import { ReplicationError } from '../replication/errors.ts';
import type { Side } from '../replication/settings.ts';

/** A repository that a person named on the command line. */
export interface NamedRepository {
  remote: GitRemote;
  /** Where it is CodeCommit. */
  codeCommit: Side | undefined;
}

type Options = Pick<RemoteOptions, 'signal' | 'onProgress'>;

/** Both repositories of a command, checked before anything is sent. */
export function openBoth(
  source: string,
  destination: string,
  load: LoadCredentials,
  options: Options,
): { source: NamedRepository; destination: NamedRepository } {
  const from = open(parseRepositoryAddress(source), load, { ...options, side: 'source' });
  const to = open(parseRepositoryAddress(destination), load, { ...options, side: 'destination' });
  if (identity(from.remote.url) === identity(to.remote.url)) {
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

/** The same for every spelling of one address: case of the host, ".git", a slash at the end. */
const identity = (url: URL): string => `${url.host}${url.pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
