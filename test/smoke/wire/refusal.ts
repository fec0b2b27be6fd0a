import { GitError } from '../../../git/errors.ts';

/** A call of the API that was refused: the name of the service's exception, and all that was said. */
export interface Refusal {
  name: string;
  status: number | undefined;
  said: string;
  error: GitError;
}

/**
 * Undefined if it was not refused.
 *
 * @param denials counts a denial as a refusal, too
 * @throws GitError for what is no answer of the service about the question: a missing right, a failure on the way
 */
export async function refusalOf(call: Promise<unknown>, { denials = false } = {}): Promise<Refusal | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const denied = denials && error.code === 'unauthorized';
    if (error.code !== 'protocol' && error.code !== 'not-found' && !denied) throw error;
    const name = error.cause instanceof Error ? error.cause.name : error.code;
    return { name, status: error.status, said: `HTTP ${error.status}, ${error.message}`, error };
  }
}
