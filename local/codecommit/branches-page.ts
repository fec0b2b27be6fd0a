import { ApiError } from '../aws/api-error.ts';

/** Branches of one answer to ListBranches. CodeCommit documents no number: this one is a guess that is easy to exceed. */
export const BRANCHES_PER_PAGE = 100;

const TOKEN = 'after:';

/** A page of branch names, which are in git's order, and the token of the next page if there is one. */
export function branchesPage(names: readonly string[], token: unknown): { branches: string[]; nextToken?: string } {
  const rest = names.slice(token === undefined ? 0 : firstAfter(names, lastOf(token)));
  const branches = rest.slice(0, BRANCHES_PER_PAGE);
  if (branches.length === rest.length) return { branches };
  return { branches, nextToken: Buffer.from(`${TOKEN}${branches.at(-1)}`).toString('base64url') };
}

/** Pages go on after a name, not a number: branches may come and go in between. */
function firstAfter(names: readonly string[], last: string): number {
  const at = names.findIndex((name) => Buffer.compare(Buffer.from(name), Buffer.from(last)) > 0);
  return at < 0 ? names.length : at;
}

function lastOf(token: unknown): string {
  const text = Buffer.from(String(token), 'base64url').toString('utf8');
  if (text.startsWith(TOKEN)) return text.slice(TOKEN.length);
  throw new ApiError('InvalidContinuationTokenException', 'the continuation token is not valid');
}
