import { CreateRepositoryCommand, GetRepositoryCommand, type RepositoryMetadata } from '@aws-sdk/client-codecommit';
import { printable } from '../../git/ref.ts';
import { ReplicationError } from '../../replication/errors.ts';
import type { Request } from './event.ts';
import type { Home, Outcome } from './outcome.ts';
import { repositoryId } from './physical-id.ts';
import { type RepositoryProperties, readRepositoryProperties } from './properties.ts';
import { exceptionOf, isMissing } from './refusal.ts';

/**
 * Create and Update: the destination repository is there. One that is there already is taken as it is: `Created` is `true` only in the
 * answer to the request that created it, so a request that comes again says `false`.
 */
export async function ensureRepository(request: Request, home: Home): Promise<Outcome> {
  const properties = readRepositoryProperties(request.properties, home.region);
  const { RepositoryName: name } = properties;
  const there = await find(name, home);
  const created = there === undefined ? await create(properties, home) : undefined;
  const found = there ?? created ?? (await find(name, home));
  const { Arn, cloneUrlHttp } = found ?? {};
  if (Arn === undefined || cloneUrlHttp === undefined) {
    throw new ReplicationError(
      'conflict',
      `the repository "${name}" in ${home.region} came and went while it was looked for: expected nobody else to create or delete it now. Deploy again when nobody does`,
    );
  }
  const warning = created === undefined ? keyWarning(properties, found) : undefined;
  return {
    physicalId: repositoryId(home.region, name),
    data: { Arn, CloneUrlHttp: cloneUrlHttp, Created: String(created !== undefined) },
    done: created === undefined ? 'adopted' : 'created',
    facts: { repository: name },
    ...(warning !== undefined && { warnings: [warning] }),
  };
}

/** Delete: nothing. A copy that goes with its deployment would be none. */
export async function keepRepository({ physicalResourceId: physicalId }: Request): Promise<Outcome> {
  return { physicalId, done: 'kept', facts: { why: 'repositories stay; who wants one gone deletes it by hand' } };
}

async function find(repositoryName: string, { ask }: Home): Promise<RepositoryMetadata | undefined> {
  try {
    const command = new GetRepositoryCommand({ repositoryName });
    return (await ask('GetRepository', (client, abort) => client.send(command, abort))).repositoryMetadata;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Undefined if somebody else did meanwhile: perhaps an attempt of ours whose answer was lost. */
async function create(
  { RepositoryName, Description, KmsKeyId, Tags }: RepositoryProperties,
  { ask }: Home,
): Promise<RepositoryMetadata | undefined> {
  const command = new CreateRepositoryCommand({
    repositoryName: RepositoryName,
    ...(Description !== undefined && { repositoryDescription: Description }),
    ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
    ...(Tags !== undefined && { tags: Tags }),
  });
  try {
    return (await ask('CreateRepository', (client, abort) => client.send(command, abort))).repositoryMetadata;
  } catch (error) {
    if (exceptionOf(error) === 'RepositoryNameExistsException') return undefined;
    throw error;
  }
}

/** A key is the same by its id and by its ARN; what an alias stands for only KMS knows. */
function keyWarning({ KmsKeyId: wanted }: RepositoryProperties, { kmsKeyId }: RepositoryMetadata = {}) {
  if (wanted === undefined || (kmsKeyId !== undefined && keyOf(kmsKeyId) === keyOf(wanted))) return undefined;
  const found = kmsKeyId === undefined ? 'a key of AWS' : `the KMS key ${printable(kmsKeyId)}`;
  const reason = keyOf(wanted).startsWith('alias/') ? 'which may be another than' : 'not with';
  return `the repository was there already, encrypted with ${found}, ${reason} ${wanted}: nothing was changed. To change it, use UpdateRepositoryEncryptionKey`;
}

const keyOf = (key: string): string => key.replace(/^arn:[^/]*:(key\/)?/, '');
