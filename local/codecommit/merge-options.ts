import { ApiError } from '../aws/api-error.ts';
import type { RepositoryStore } from './store.ts';

/**
 * What GetMergeOptions answers: where two commits part, and how they could be merged if their files allow it, which the
 * look-alike does not find out. A fast-forward comes with the two others, as in the AWS CLI's own example.
 */
export async function mergeOptions(
  store: RepositoryStore,
  repository: string,
  source: string,
  destination: string,
): Promise<object> {
  const sourceCommitId = await commitOf(store, repository, source);
  const destinationCommitId = await commitOf(store, repository, destination);
  const baseCommitId = await store.mergeBase(repository, sourceCommitId, destinationCommitId);
  if (baseCommitId === undefined) {
    throw new ApiError('TipsDivergenceExceededException', 'the two commits have no commit in common');
  }
  const forward = baseCommitId === destinationCommitId ? ['FAST_FORWARD_MERGE'] : [];
  const mergeOptions = [...forward, 'SQUASH_MERGE', 'THREE_WAY_MERGE'];
  return { mergeOptions, sourceCommitId, destinationCommitId, baseCommitId };
}

/** A full commit id that is there, or the tip of the branch of that name. */
async function commitOf(store: RepositoryStore, repository: string, specifier: string): Promise<string> {
  const isId = /^[0-9a-f]{40}$/.test(specifier);
  if (isId && (await store.commit(repository, specifier)) !== undefined) return specifier;
  const tip = isId ? undefined : await store.branch(repository, specifier);
  if (tip !== undefined) return tip;
  throw new ApiError('CommitDoesNotExistException', `there is no commit and no branch ${specifier}`);
}
