import { GitError } from './errors.ts';
import { isLoopback } from './url.ts';

/**
 * Makes the Authorization header of one request, at the moment it is sent; undefined for none. `fresh` asks for a new one
 * after the server refused the last.
 */
export type Authorize = (url: URL, options: { fresh: boolean }) => Promise<string | undefined>;

export const anonymous: Authorize = async () => undefined;

export const basicHeader = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;

export const basic = (username: string, password: string): Authorize => {
  const header = basicHeader(username, password);
  return async () => header;
};

/** A credential goes over TLS, or to this machine. */
export function refusePlaintext(url: URL): void {
  if (url.protocol === 'https:' || isLoopback(url)) return;
  throw new GitError('input', `${url.origin}: credentials are not sent over plain http; use an https:// URL`);
}

/**
 * The user name that goes with a token where only the token is known, as the hosts document it: Bitbucket Cloud takes its access
 * tokens under `x-token-auth`, GitLab its under `oauth2`, GitHub under `x-access-token`; most others look at the token alone.
 */
export function tokenUsername(host: string): string {
  if (/(^|\.)bitbucket\./i.test(host)) return 'x-token-auth';
  if (/(^|\.)gitlab\./i.test(host)) return 'oauth2';
  return 'x-access-token';
}
