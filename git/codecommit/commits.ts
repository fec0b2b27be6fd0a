import type { Oid } from '../oid.ts';
import { apiError } from './api-error.ts';

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
        throw apiError('codecommit:BatchGetCommits', error);
      });
      for (const { commitId } of commits) if (commitId !== undefined) known.add(commitId as Oid);
    }
    return known;
  };
