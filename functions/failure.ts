import { asReplicationError, ERROR_TABLE } from '../replication/errors.ts';

/** Runs a handler so that its errors reach the state machine under the names of the error table. */
export async function withErrorNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    const error = asReplicationError(caught);
    const named = new Error(error.message, { cause: error });
    named.name = ERROR_TABLE[error.code].errorName;
    // Lambda makes lines of the stack part of the Cause that a person reads in the console; only a defect needs them.
    if (error.code !== 'internal') named.stack = `${named.name}: ${error.message}`;
    throw named;
  }
}
