import type { GitEndpoints } from '../git/codecommit/endpoint.ts';
import { codeCommitRemote, type LoadCredentials } from '../git/codecommit/remote.ts';
import { anonymous } from '../git/credentials.ts';
import { GitRemote, type RemoteOptions } from '../git/remote.ts';
import { isCodeCommit, otherAccountOf, type Side } from '../replication/settings.ts';
import { secretAuthorize } from './secret.ts';

/** A side of a replica as a git remote, with the login that its kind needs. */
export function openSide(
  side: Side,
  load: LoadCredentials,
  endpoints: GitEndpoints,
  options: Pick<RemoteOptions, 'side' | 'signal' | 'onProgress'>,
): GitRemote {
  if (isCodeCommit(side)) {
    return codeCommitRemote(side, load, endpoints, { ...options, account: otherAccountOf(side) });
  }
  const url = new URL(side.url.replace(/\/+$/, ''));
  const authorize = side.secret === undefined ? anonymous : secretAuthorize(side.secret, url.hostname, load);
  return new GitRemote({ ...options, url, authorize });
}
