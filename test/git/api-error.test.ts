import { apiError } from '../../git/codecommit/api-error.ts';
import { GitError } from '../../git/errors.ts';

/** What the SDK throws. */
const sdk = (name: string, httpStatusCode?: number, message = 'said') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

it.each<[string, number | undefined, string]>([
  ['ValidationException', 429, 'throttled'],
  ['ValidationException', 428, 'protocol'],
  ['ValidationException', 430, 'protocol'],
  ['TooManyRequestsException', 400, 'throttled'],
  ['ValidationException', 401, 'unauthorized'],
  ['ValidationException', 402, 'protocol'],
  ['ValidationException', 403, 'unauthorized'],
  ['ValidationException', 404, 'protocol'],
  ['ExpiredTokenException', 400, 'unauthorized'],
  ['InvalidSignatureException', 400, 'unauthorized'],
  ['UnrecognizedClientException', 400, 'unauthorized'],
  ['CredentialsProviderError', undefined, 'unauthorized'],
  ['EncryptionKeyDisabledException', 400, 'unauthorized'],
  ['EncryptionKeyUnavailableException', 400, 'server-error'],
  ['NoEncryptionKeyDisabledException', 400, 'protocol'],
  ['NoEncryptionKeyUnavailableException', 400, 'protocol'],
  ['ResourceNotFoundException', 400, 'not-found'],
  ['ValidationException', 499, 'protocol'],
  ['ValidationException', 500, 'server-error'],
  ['ValidationException', undefined, 'connection'],
])('%s with HTTP status %s is %s', (name, status, code) => {
  expect(apiError('codecommit:GetBranch', sdk(name, status))).toMatchObject({ name: 'GitError', code });
});

it('names the operation, shows what was said harmlessly, and keeps the cause and the status', () => {
  const cause = sdk('ValidationException', 400, 'no\u001b[2K');

  const error = apiError('codecommit:GetBranch', cause) as GitError;

  expect(error.message).toBe('AWS (codecommit:GetBranch): ValidationException: no\\u{1b}[2K');
  expect(error.cause).toBe(cause);
  expect(error.status).toBe(400);
});

it.each([
  ['a GitError', new GitError('timeout', 'x')],
  ['an error of the domain', Object.assign(new Error('x'), { name: 'ReplicationError' })],
])('leaves %s as it is', (_what, error) => {
  expect(apiError('codecommit:GetBranch', error)).toBe(error);
});
