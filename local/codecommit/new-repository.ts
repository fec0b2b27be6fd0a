import { REPOSITORY, REPOSITORY_EXPECTED } from '../../git/codecommit/names.ts';
import { ApiError } from '../aws/api-error.ts';
import { type JsonObject, text } from '../aws/json.ts';
import type { ApiRegion, RepositoryRecord } from './record.ts';

/** CodeCommit's quota for an account and region, which AWS raises on request. */
export const REPOSITORIES_MAX = 1000;

const TAGS_MAX = 50;

/** What CreateRepository asks for, checked as CodeCommit does it. Whether a key exists only KMS knows, which is not here. */
export function newRepository(
  region: ApiRegion,
  input: JsonObject,
): { name: string } & Pick<RepositoryRecord, 'description' | 'kmsKeyId' | 'tags'> {
  const name = text(input, 'repositoryName');
  if (!REPOSITORY.test(name)) throw new ApiError('InvalidRepositoryNameException', REPOSITORY_EXPECTED);
  if (region.records.has(name)) throw new ApiError('RepositoryNameExistsException', `${name} exists already`);
  if (region.records.size >= REPOSITORIES_MAX)
    throw new ApiError('RepositoryLimitExceededException', `at most ${REPOSITORIES_MAX} repositories`);
  const { repositoryDescription: description, kmsKeyId, tags = {} } = input;
  if (description !== undefined && (typeof description !== 'string' || description.length > 1000))
    throw new ApiError('InvalidRepositoryDescriptionException', 'a description has at most 1,000 characters');
  if (kmsKeyId !== undefined && (typeof kmsKeyId !== 'string' || !/^[a-zA-Z0-9:/_-]+$/.test(kmsKeyId)))
    throw new ApiError('EncryptionKeyInvalidIdException', 'the key is neither an id nor an ARN nor an alias');
  return { name, description, kmsKeyId, tags: checkedTags(tags) };
}

function checkedTags(tags: unknown): Record<string, string> {
  const entries = Object.entries(tags ?? {});
  if (entries.length > TAGS_MAX) throw new ApiError('TooManyTagsException', `at most ${TAGS_MAX} tags`);
  for (const [key, value] of entries) {
    if (key.startsWith('aws:')) throw new ApiError('InvalidSystemTagUsageException', `the tag ${key} is AWS's own`);
    if (key === '' || key.length > 128 || typeof value !== 'string' || value.length > 256)
      throw new ApiError('InvalidTagsMapException', 'a key has 1 to 128 characters, a value at most 256');
  }
  return tags as Record<string, string>;
}
