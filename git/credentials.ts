import { isIPv4 } from 'node:net';
import { GitError } from './errors.ts';

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

/** True for addresses that never leave this machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/** A credential goes over TLS, or to this machine. */
export function refusePlaintext(url: URL): void {
  if (url.protocol === 'https:' || isLoopback(url)) return;
  throw new GitError('input', `${url.origin}: credentials are not sent over plain http; use an https:// URL`);
}
