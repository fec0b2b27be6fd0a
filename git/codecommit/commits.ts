import { GitError } from '../errors.ts';
import type { Oid } from '../oid.ts';
import { printable } from '../ref.ts';

/** CodeCommit's `BatchGetCommits`, as far as it is used here. */
export type BatchGetCommits = (
  commitIds: string[],
) => Promise<{ commits?: { commitId?: string | undefined }[] | undefined }>;

/** Most ids in one call (a quota of CodeCommit). */
const COMMITS_PER_CALL = 100;

/** Which of `oids` are commits of a repository, by the API: the documented way to ask CodeCommit. */
export const knownCommits =
  (batchGetCommits: BatchGetCommits) =>
  async (oids: readonly Oid[]): Promise<Set<Oid>> => {
    const known = new Set<Oid>();
    for (let at = 0; at < oids.length; at += COMMITS_PER_CALL) {
      const { commits = [] } = await batchGetCommits(oids.slice(at, at + COMMITS_PER_CALL)).catch((error: unknown) => {
        throw apiError(error);
      });
      for (const { commitId } of commits) if (commitId !== undefined) known.add(commitId as Oid);
    }
    return known;
  };

/** An error of the AWS SDK as one of ours, so that it is known whether another try is worth it. */
function apiError(error: unknown): GitError {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const said = `CodeCommit's API (BatchGetCommits): ${name}: ${printable(message)}`;
  const as = (code: GitError['code']) =>
    new GitError(code, said, { cause: error, ...(status !== undefined && { status }) });
  // CodeCommit throttles with XML on a JSON API, which the SDK cannot read (terraform#22686).
  if (name === 'SyntaxError' || status === 429 || /throttl|toomanyrequests/i.test(name)) return as('throttled');
  if (status === 401 || status === 403 || /AccessDenied|Credential|Token|Signature|UnrecognizedClient/.test(name))
    return as('unauthorized');
  if (name.endsWith('DoesNotExistException')) return as('not-found');
  if (status === undefined) return as('connection');
  return as(status >= 500 ? 'server-error' : 'protocol');
}
