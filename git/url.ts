import { codeCommitRepository } from './codecommit/hosts.ts';
import { REGION, REGION_EXPECTED, REPOSITORY, REPOSITORY_EXPECTED } from './codecommit/names.ts';
import { GitError } from './errors.ts';
import { printable } from './ref.ts';

/** A repository as a person names it. */
export type RepositoryAddress =
  | { kind: 'http'; url: URL; login: { username: string; password: string } | undefined }
  | { kind: 'codecommit'; region: string; repository: string; host: string | undefined };

const CODECOMMIT = /^codecommit::([^:]*):\/\/(.*)$/;

/**
 * Reads `https://host/path`, `http://…`, or `codecommit::REGION://NAME`. CodeCommit's own https URLs without a login are
 * CodeCommit repositories too, and with or without a login a name that CodeCommit cannot have ("NAME.git") is refused here,
 * before a server says no more than 404. A user name and password in the URL are taken out at once: `url` never has them,
 * and no error shows them.
 *
 * @throws GitError `input`
 */
export function parseRepositoryAddress(text: string): RepositoryAddress {
  const [, region, repository] = CODECOMMIT.exec(text) ?? [];
  if (region !== undefined && repository !== undefined) {
    if (REGION.test(region) && REPOSITORY.test(repository)) {
      return { kind: 'codecommit', region, repository, host: undefined };
    }
    throw invalid(text, 'expected codecommit::REGION://NAME, such as codecommit::ap-northeast-3://Destination');
  }
  if (!/^https?:\/\/[^/]/i.test(text)) {
    throw invalid(text, 'expected an https:// or http:// URL of a git repository, or codecommit::REGION://NAME');
  }
  // What the URL parser would quietly rewrite into another address is refused as it stands.
  if (/[^!-~]|\\|%2e|%2f|%5c/i.test(text) || /\/\.{1,2}(?:\/|$)/.test(text)) {
    throw invalid(
      text,
      'expected a plain URL, without spaces, backslashes, "." or ".." steps, control characters, or encoded dots and slashes',
    );
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid(text, 'expected a URL such as https://host/path/repository.git');
  }
  // Behind a login it would be an address that is refused without one.
  if (/^\.+$/.test(url.hostname)) throw invalid(text, 'expected the name of a host');
  if (/[?#]/.test(text)) throw invalid(text, 'expected a URL without "?" and "#"');
  if (/^\/*$/.test(url.pathname)) throw invalid(text, 'expected the path of a repository after the host');
  const login =
    url.username === '' && url.password === ''
      ? undefined
      : { username: decode(url.username, text), password: decode(url.password, text) };
  url.username = '';
  url.password = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  const at = codeCommitRepository(url);
  if (at === undefined) return { kind: 'http', url, login };
  if (!REGION.test(at.region)) throw invalid(text, REGION_EXPECTED);
  if (!REPOSITORY.test(at.repository)) throw invalid(text, REPOSITORY_EXPECTED);
  if (login !== undefined || url.protocol !== 'https:') return { kind: 'http', url, login };
  return { kind: 'codecommit', ...at, host: url.host };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(
      text,
      'the user name or password has a "%" that is not followed by two hexadecimal digits; write it as %25',
    );
  }
}

const invalid = (text: string, expected: string): GitError =>
  new GitError('input', `"${withoutLogin(text)}" is not a repository that we can reach: ${expected}`);

/** Whatever might be a user name or password of a URL-like text, gone: everything up to the last "@". */
export const withoutLogin = (text: string): string => printable(text.replace(/^.*@/s, '…@'));

/** True for addresses that never leave this machine. */
export function isLoopback({ hostname }: URL): boolean {
  // The URL parser has made every spelling of an IPv4 address one.
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
