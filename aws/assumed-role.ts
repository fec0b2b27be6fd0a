import type { Credentials } from '@aws-sdk/client-sts';
import { apiError } from '../git/codecommit/api-error.ts';
import type { LoadCredentials } from '../git/codecommit/remote.ts';
import type { AwsCredentials } from '../git/codecommit/signature.ts';
import { GitError } from '../git/errors.ts';
import { printable } from '../git/ref.ts';
import { asReplicationError, ReplicationError } from '../replication/errors.ts';
import { cached } from './credentials.ts';
import type { Expiring } from './expiring.ts';
import { PATIENCE, type Patience, patientClient, withinPatience } from './patience.ts';

/** A role of another account, and what it is assumed with. */
export interface ForeignRole {
  roleArn: string;
  externalId: string;
  /** Stands in the other account's CloudTrail: 2 to 64 letters, digits and characters of "_+=,.@-". */
  sessionName: string;
  /** Whose STS is asked. */
  region: string;
}

/** The most that AWS gives an identity that is a role itself (role chaining), and the least that a role may allow. */
const DURATION_SECONDS = 3600;

/**
 * The credentials of a role, assumed when they are first needed and again before they end. STS's SDK is loaded only here. Its errors
 * are ReplicationErrors: `auth` names the role and what both accounts must allow.
 */
export function assumedRole(
  own: LoadCredentials,
  role: ForeignRole,
  { patience = PATIENCE, now }: { patience?: Patience; now?: () => number } = {},
): LoadCredentials {
  return cached(async ({ fresh }) => {
    try {
      return await assume(await own({ fresh }), role, patience);
    } catch (error) {
      throw failure(role, error);
    }
  }, now);
}

async function assume(credentials: AwsCredentials, role: ForeignRole, patience: Patience): Promise<Expiring> {
  const sdk = await import('@aws-sdk/client-sts');
  const client = new sdk.STSClient({ region: role.region, credentials, ...patientClient(patience) });
  const command = new sdk.AssumeRoleCommand({
    RoleArn: role.roleArn,
    ExternalId: role.externalId,
    RoleSessionName: role.sessionName,
    DurationSeconds: DURATION_SECONDS,
  });
  try {
    const answer = await withinPatience(operationOf(role), patience, (abort) => client.send(command, abort));
    return given(role, answer.Credentials);
  } finally {
    client.destroy();
  }
}

function given(role: ForeignRole, found: Credentials | undefined): Expiring {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = found ?? {};
  if (!accessKeyId || !secretAccessKey || !sessionToken) {
    throw new GitError('protocol', `AWS (${operationOf(role)}): the answer has no keys with a session token`);
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration: found?.Expiration, roleArn: role.roleArn };
}

function failure(role: ForeignRole, error: unknown): ReplicationError {
  const { name, message } = error as Error;
  if (name !== 'AccessDenied') return asReplicationError(apiError(operationOf(role), error));
  return new ReplicationError(
    'auth',
    `the role ${role.roleArn} cannot be assumed: AWS says ${printable(message)}. Expected that this identity may sts:AssumeRole on it, and that its trust policy names this identity together with the external id of the replica's settings`,
    { cause: error },
  );
}

const operationOf = ({ roleArn }: ForeignRole): string => `sts:AssumeRole ${roleArn}`;
