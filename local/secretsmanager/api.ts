import { ApiError, unsupported } from '../aws/api-error.ts';
import { epochSeconds, type JsonObject, text } from '../aws/json.ts';
import type { LocalSecrets } from './secrets.ts';

/** Names of the operations that the look-alike supports. */
export const SECRETS_MANAGER_OPERATIONS = ['GetSecretValue'] as const;

/** Secrets Manager's API, as far as a program reads a secret that it knows the ARN of. */
export function callSecretsManager(
  secrets: LocalSecrets,
  region: string,
  operation: string,
  input: JsonObject,
): object {
  if (operation !== SECRETS_MANAGER_OPERATIONS[0]) throw unsupported('Secrets Manager', operation);
  const arn = text(input, 'SecretId');
  const { VersionId: versionId, VersionStage: stage = 'AWSCURRENT' } = input;
  const found = secrets.find(arn, region);
  if (found === undefined || stage !== 'AWSCURRENT' || (versionId !== undefined && versionId !== found.versionId)) {
    throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  return {
    ARN: arn,
    Name: found.name,
    SecretString: found.value,
    VersionId: found.versionId,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: epochSeconds(found.createdAt),
  };
}
