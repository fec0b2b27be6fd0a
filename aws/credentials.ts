import { environmentCredentials, type LoadCredentials } from '../git/codecommit/remote.ts';
import { ReplicationError } from '../replication/errors.ts';
import { containerCredentials } from './container-credentials.ts';
import type { Expiring } from './expiring.ts';

type LoadExpiring = (options: { fresh: boolean }) => Promise<Expiring>;

/** Credentials are renewed this long before they end. */
const MARGIN_MS = 5 * 60 * 1000;

/** The credentials of an ECS task: keys from the environment, or its role's from the container credentials endpoint. */
export function taskCredentials(env: NodeJS.ProcessEnv): LoadCredentials {
  const keys = environmentCredentials(env);
  if (keys !== undefined) return async () => keys;
  const load = containerCredentials(env);
  if (load !== undefined) return cached(orNone(load));
  return async () => {
    throw new ReplicationError(
      'auth',
      'no AWS credentials: expected a task role (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  };
}

/** The credentials of a person or a function: the SDK's default chain (environment, profile, SSO, role …). */
export function defaultCredentials(): LoadCredentials {
  return cached(
    orNone(async () => {
      const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
      return defaultProvider()();
    }),
  );
}

/** Keeps what `load` gives until it is about to end or was refused. Whoever asks while it is being loaded waits for the same. */
export function cached(load: LoadExpiring, now: () => number = Date.now): LoadCredentials {
  let held: Expiring | undefined;
  let underWay: Promise<Expiring> | undefined;
  return async ({ fresh }) => {
    const ending = held?.expiration !== undefined && held.expiration.getTime() - now() < MARGIN_MS;
    if (held !== undefined && !fresh && !ending) return held;
    underWay ??= load({ fresh }).finally(() => {
      underWay = undefined;
    });
    held = await underWay;
    return held;
  };
}

const orNone =
  (load: () => Promise<Expiring>): LoadExpiring =>
  () =>
    load().catch((error: unknown) => {
      throw new ReplicationError('auth', `no AWS credentials: ${(error as Error).message}`, { cause: error });
    });
