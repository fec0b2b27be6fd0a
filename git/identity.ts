import { codeCommitRepository } from './codecommit/hosts.ts';
import type { RepositoryAddress } from './url.ts';

/** Hosts that take a path in any case, and answer under "www." too. */
const ANY_CASE = new Set(['github.com', 'gitlab.com', 'bitbucket.org']);

/**
 * One text for every spelling of the same repository, so that a source and a destination can be told apart. It is for
 * comparing, never for reaching the repository. Two repositories of a host that serves others for `a` and `a.git`, or over
 * http and https, are one here: to refuse such a pair is better than to write to the source.
 */
export function repositoryIdentity(address: RepositoryAddress): string {
  if (address.kind === 'codecommit') return codeCommit(address);
  const at = codeCommitRepository(address.url);
  if (at !== undefined) return codeCommit(at);
  const host = address.url.host.toLowerCase().replace(/\.(?=$|:)/, '');
  const path = decodeSafely(address.url.pathname);
  const known = host.replace(/^www\./, '');
  if (ANY_CASE.has(known)) return `${known}${withoutEnding(path.toLowerCase())}`;
  return `${host}${withoutEnding(path)}`;
}

const codeCommit = ({ region, repository }: { region: string; repository: string }): string =>
  `codecommit:${region.toLowerCase()}/${repository}`;

/** ".git" and slashes at the end, which git's servers take or leave. */
const withoutEnding = (path: string): string => path.replace(/\/+$/, '').replace(/\/*\.git$/, '');

/**
 * Escapes of plain characters as the characters. Those that would change what the path means ("/", "\", "%", "?", "#", a
 * control character), and bytes that are not ASCII, stay escaped, in upper case.
 */
const decodeSafely = (path: string): string =>
  path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[!-~]/.test(character) && !/[/\\%?#]/.test(character) ? character : code.toUpperCase();
  });
