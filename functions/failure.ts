import { asReplicationError, ERROR_TABLE } from '../replication/errors.ts';

/** Runs a handler so that its errors reach the state machine under the names of the error table. */
export async function withErrorNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    const error = asReplicationError(caught);
    const named = new Error(error.message, { cause: error });
    named.name = ERROR_TABLE[error.code].errorName;
    throw named;
  }
}
