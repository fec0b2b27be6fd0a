import { GitError } from '../errors.ts';
import { printable } from '../ref.ts';

/** An error of the AWS SDK as one of ours, so that it is known whether another try is worth it. */
export function apiError(operation: string, error: unknown): Error {
  if (error instanceof GitError || (error instanceof Error && error.name === 'ReplicationError')) return error;
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const said = `AWS (${operation}): ${name}: ${printable(message)}`;
  const as = (code: GitError['code']) =>
    new GitError(code, said, { cause: error, ...(status !== undefined && { status }) });
  // CodeCommit throttles with XML on a JSON API, which the SDK cannot read (terraform#22686).
  if (name === 'SyntaxError' || status === 429 || /throttl|toomanyrequests/i.test(name)) return as('throttled');
  if (status === 401 || status === 403 || /AccessDenied|Credential|Token|Signature|UnrecognizedClient/.test(name))
    return as('unauthorized');
  // A customer's key that was disabled, deleted or not granted: HTTP 400, and nothing that another try would change.
  if (/^EncryptionKey(?!Unavailable)/.test(name)) return as('unauthorized');
  if (/^EncryptionKeyUnavailable/.test(name)) return as('server-error');
  if (name.endsWith('DoesNotExistException') || name === 'ResourceNotFoundException') return as('not-found');
  if (status === undefined) return as('connection');
  return as(status >= 500 ? 'server-error' : 'protocol');
}
