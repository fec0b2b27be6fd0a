import { ApiError, unsupported } from '../aws/api-error.ts';
import { epochSeconds, type JsonObject, text } from '../aws/json.ts';
import { branchesPage } from './branches-page.ts';
import { deleteRepository } from './delete-repository.ts';
import { givenTriggers } from './given-triggers.ts';
import { mergeOptions } from './merge-options.ts';
import { newRepository } from './new-repository.ts';
import type { ApiRegion } from './record.ts';

type Operation = (region: ApiRegion, input: JsonObject) => Promise<object>;

/** The operations of CodeCommit's API that ccrepl uses; every other is refused by name. */
const OPERATIONS: Record<string, Operation> = {
  CreateRepository: async (region, input) => {
    const { name, ...described } = newRepository(region, input);
    await region.store.create(name);
    Object.assign(region.record(name), described);
    return { repositoryMetadata: await metadata(region, name) };
  },
  GetRepository: async (region, input) => ({ repositoryMetadata: await metadata(region, existing(region, input)) }),
  DeleteRepository: deleteRepository,
  ListRepositories: async (region) => ({
    repositories: [...region.records].map(([repositoryName, { id }]) => ({ repositoryName, repositoryId: id })),
  }),
  ListBranches: async (region, input) =>
    branchesPage(await region.store.branches(existing(region, input)), input['nextToken']),
  GetBranch: async (region, input) => {
    const branchName = text(input, 'branchName');
    const commitId = await region.store.branch(existing(region, input), branchName);
    if (commitId === undefined) throw new ApiError('BranchDoesNotExistException', `there is no branch ${branchName}`);
    return { branch: { branchName, commitId } };
  },
  UpdateDefaultBranch: async (region, input) => {
    const name = existing(region, input);
    const branch = text(input, 'defaultBranchName');
    if ((await region.store.branch(name, branch)) === undefined) {
      throw new ApiError('BranchDoesNotExistException', `there is no branch ${branch}`);
    }
    await region.store.setDefaultBranch(name, branch);
    return {};
  },
  BatchGetCommits: async (region, input) => {
    const name = existing(region, input);
    const commitIds = input['commitIds'] as string[];
    if (commitIds.length > 100) throw new ApiError('CommitIdsLimitExceededException', 'at most 100 commit ids');
    const commits: object[] = [];
    const errors: object[] = [];
    for (const commitId of commitIds) {
      const commit = /^[0-9a-f]{40}$/.test(commitId) ? await region.store.commit(name, commitId) : undefined;
      if (commit !== undefined) commits.push({ commitId, ...commit });
      else errors.push({ commitId, errorCode: 'CommitDoesNotExistException', errorMessage: 'no such commit' });
    }
    return { commits, errors };
  },
  GetMergeOptions: async (region, input) => {
    const name = existing(region, input);
    return mergeOptions(
      region.store,
      name,
      text(input, 'sourceCommitSpecifier'),
      text(input, 'destinationCommitSpecifier'),
    );
  },
  GetRepositoryTriggers: async (region, input) => ({
    configurationId: '',
    triggers: region.records.get(existing(region, input))?.triggers ?? [],
  }),
  PutRepositoryTriggers: async (region, input) => {
    const name = existing(region, input);
    const triggers = givenTriggers(region, input);
    const record = region.records.get(name);
    if (record !== undefined) record.triggers = triggers;
    return { configurationId: '' };
  },
};

/** Names of the operations that the look-alike supports. */
export const CODECOMMIT_OPERATIONS = Object.keys(OPERATIONS);

export async function callApi(region: ApiRegion, operation: string, input: JsonObject): Promise<object> {
  const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  if (run === undefined) throw unsupported('CodeCommit', operation);
  return run(region, input);
}

function existing(region: ApiRegion, input: JsonObject): string {
  const name = text(input, 'repositoryName');
  if (region.records.has(name)) return name;
  throw new ApiError('RepositoryDoesNotExistException', `there is no repository ${name} in ${region.name}`);
}

async function metadata(region: ApiRegion, name: string): Promise<object> {
  const record = region.records.get(name);
  const defaultBranch = await region.store.defaultBranch(name);
  return {
    accountId: region.account,
    repositoryId: record?.id,
    repositoryName: name,
    ...(record?.description !== undefined && { repositoryDescription: record.description }),
    ...(record?.kmsKeyId !== undefined && { kmsKeyId: record.kmsKeyId }),
    // Absent while the repository is empty.
    ...(defaultBranch !== undefined && { defaultBranch }),
    creationDate: epochSeconds(record?.createdAt ?? new Date(0)),
    lastModifiedDate: epochSeconds(record?.createdAt ?? new Date(0)),
    cloneUrlHttp: region.cloneUrl(name),
    Arn: region.arn(name),
  };
}
