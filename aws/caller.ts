import { apiError } from '../git/codecommit/api-error.ts';
import type { LoadCredentials } from '../git/codecommit/remote.ts';
import { ReplicationError } from '../replication/errors.ts';
import { PATIENCE, patientClient } from './patience.ts';

/** A person's command that asks AWS. */
export interface Caller {
  /** Undefined: the region of the profile. */
  region: string | undefined;
  load: LoadCredentials;
  /** Ctrl-C. */
  signal: AbortSignal;
}

/** Attempts of one call, with the SDK's own backoff between. */
const ATTEMPTS = 4;

/** The region that a person means. The AWS CLI's variable counts too: the SDK for JavaScript does not know it. */
export const regionOf = (given: string | undefined, env: NodeJS.ProcessEnv): string | undefined =>
  given ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined);

/** What all clients of a command are made with. */
export const clientConfig = ({ region, load }: Caller) => ({
  ...(region !== undefined && { region }),
  credentials: () => load({ fresh: false }),
  ...patientClient({ answerMs: PATIENCE.answerMs, attempts: ATTEMPTS }),
});

/** The region that a client really asks. @throws ReplicationError `input` where none is configured */
export async function regionAsked(client: { config: { region: () => Promise<string> } }): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    const expected =
      'expected --region REGION, AWS_REGION or AWS_DEFAULT_REGION in the environment, or a profile that has one';
    throw new ReplicationError('input', `no AWS region: ${expected}`, { cause: error });
  }
}

/** One call of AWS; failures are ours. */
export async function ask<T>(operation: string, { signal }: Caller, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (signal.aborted) throw new ReplicationError('terminated', (signal.reason as Error).message, { cause: error });
    throw apiError(operation, error);
  }
}
