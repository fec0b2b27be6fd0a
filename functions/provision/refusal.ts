import { GitError } from '../../git/errors.ts';
import { printable } from '../../git/ref.ts';
import { asReplicationError, type ErrorClass, ReplicationError } from '../../replication/errors.ts';

/** What the SDK calls the exception behind an error; empty if there is none. */
export const exceptionOf = (error: unknown): string =>
  error instanceof GitError && error.cause instanceof Error ? error.cause.name : '';

export const isMissing = (error: unknown): boolean => exceptionOf(error) === 'RepositoryDoesNotExistException';

/** CodeCommit's exceptions that a person must do something about: their class, and what. The first that fits counts. */
const REFUSALS: readonly [RegExp, ErrorClass, string][] = [
  [
    /^OperationNotAllowedException$/,
    'refused',
    'CodeCommit creates no repository for this account. In 2024 and 2025 it created none for accounts and organizations that had none. Create one in the console to see whether it may; if not, ask AWS Support; then deploy again',
  ],
  [
    /^RepositoryLimitExceededException$/,
    'quota',
    'the account has as many repositories in this region as it may. Delete one, or have the quota raised (Service Quotas, AWS CodeCommit, "Allowed repositories"); then deploy again',
  ],
  [
    /^EncryptionKey/,
    'input',
    'expected in KmsKeyId an enabled symmetric key of the region, whose policy lets this function use it through CodeCommit',
  ],
  [/^(InvalidTagsMap|InvalidSystemTagUsage|TagPolicy|TooManyTags)/, 'input', 'correct the property Tags'],
  [/^InvalidRepositoryDescription/, 'input', 'correct the property Description'],
  [
    /^InvalidRepositoryTrigger|^RepositoryTrigger|^Maximum/,
    'input',
    'expected that the function of DestinationArn exists, that its policy lets codecommit.amazonaws.com call it, and that the triggers of others in the repository are valid, for all are written together',
  ],
];

/**
 * CloudFormation takes an answer of 4,096 bytes, and waits for an hour if it gets a longer one; ids and a hint at the log are in it too.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
const MESSAGE_MAX = 1_000;

/** Any error as one that a deployment can show: what was refused, and what to do. */
export function explained(caught: unknown): ReplicationError {
  const name = exceptionOf(caught);
  const [, code, advice] = REFUSALS.find(([pattern]) => pattern.test(name)) ?? [];
  const error = asReplicationError(caught);
  const message = advice === undefined ? error.message : `${error.message}: ${advice}`;
  return new ReplicationError(code ?? error.code, printable(message, MESSAGE_MAX), { cause: caught });
}
