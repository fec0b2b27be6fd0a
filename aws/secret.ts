import { apiError } from '../git/codecommit/api-error.ts';
import type { LoadCredentials } from '../git/codecommit/remote.ts';
import { type Authorize, basicHeader, tokenUsername } from '../git/credentials.ts';
import { ReplicationError } from '../replication/errors.ts';

/** A login for a git host. */
export interface Login {
  username: string;
  password: string;
}

/**
 * Makes the login of a git host from a secret of AWS Secrets Manager, `{"username":…,"password":…}` or a token alone. It is read
 * when it is first needed, and again after the host refused it: secrets are rotated.
 */
export function secretAuthorize(arn: string, host: string, load: LoadCredentials): Authorize {
  let held: Login | undefined;
  return async (_url, { fresh }) => {
    if (held === undefined || fresh) held = parseLogin(await readSecret(arn, load), arn, host);
    return basicHeader(held.username, held.password);
  };
}

/** @throws ReplicationError `input`, with no part of the value. */
export function parseLogin(value: string, arn: string, host: string): Login {
  const text = value.trim();
  const wrong = (problem: string) =>
    new ReplicationError(
      'input',
      `the secret ${arn} ${problem}: expected {"username":"…","password":"…"} or a token alone`,
    );
  if (!text.startsWith('{')) {
    if (!/^[!-~]+$/.test(text)) throw wrong('is empty, or no single word');
    return { username: tokenUsername(host), password: text };
  }
  let parsed: { username?: unknown; password?: unknown };
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    // The parser's own words repeat a part of the text.
    throw wrong('begins like JSON and is none');
  }
  const { username, password } = parsed;
  if (typeof username !== 'string' || username === '' || username.includes(':'))
    throw wrong('has no usable "username"');
  if (typeof password !== 'string' || password === '') throw wrong('has no "password"');
  return { username, password };
}

async function readSecret(arn: string, load: LoadCredentials): Promise<string> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const region = arn.split(':')[3] as string;
  const client = new sdk.SecretsManagerClient({ region, credentials: () => load({ fresh: false }) });
  try {
    const { SecretString } = await client.send(new sdk.GetSecretValueCommand({ SecretId: arn }));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    throw apiError(`secretsmanager:GetSecretValue ${arn}`, error);
  } finally {
    client.destroy();
  }
  throw new ReplicationError('input', `the secret ${arn} is binary: expected text`);
}
