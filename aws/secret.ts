import { apiError } from '../git/codecommit/api-error.ts';
import type { LoadCredentials } from '../git/codecommit/remote.ts';
import { type Authorize, basicHeader, tokenUsername } from '../git/credentials.ts';
import { ReplicationError } from '../replication/errors.ts';
import { PATIENCE, type Patience, patientClient, withinPatience } from './patience.ts';

/** A login for a git host. */
export interface Login {
  username: string;
  password: string;
}

/**
 * Makes the login of a git host from a secret of AWS Secrets Manager, `{"username":…,"password":…}` or a token alone. It is read
 * when it is first needed, and again after the host refused it: secrets are rotated.
 */
export function secretAuthorize(arn: string, host: string, load: LoadCredentials, patience = PATIENCE): Authorize {
  let held: Login | undefined;
  return async (_url, { fresh }) => {
    if (held === undefined || fresh) held = parseLogin(await readSecret(arn, load, patience), arn, host);
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

async function readSecret(arn: string, load: LoadCredentials, patience: Patience): Promise<string> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const region = arn.split(':')[3] as string;
  const credentials = () => load({ fresh: false });
  const client = new sdk.SecretsManagerClient({ region, credentials, ...patientClient(patience) });
  const operation = `secretsmanager:GetSecretValue ${arn}`;
  const command = new sdk.GetSecretValueCommand({ SecretId: arn });
  try {
    const { SecretString } = await withinPatience(operation, patience, (abort) => client.send(command, abort));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    throw apiError(operation, error);
  } finally {
    client.destroy();
  }
  throw new ReplicationError('input', `the secret ${arn} is binary: expected text`);
}
