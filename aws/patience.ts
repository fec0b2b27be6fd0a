import { GitError } from '../git/errors.ts';

/** How long AWS's APIs are waited for. By itself the SDK waits for an answer as long as it takes. */
export interface Patience {
  /** For the beginning of one attempt's answer. */
  answerMs: number;
  /** Of one question, with the SDK's own backoff between. */
  attempts: number;
  /** For a question with all its attempts: of those that are not answered it allows two. */
  questionMs: number;
}

/**
 * For the questions of a task (55 minutes), and of a comparison, whose function has some 100 seconds: an API that does not answer
 * costs it at most three times `questionMs`, a login (a secret, or a role of another account), the default branches of both sides at
 * once, and the question after them, with which it ends. Throttling is by account and region, and others call too: that is what the many attempts are for.
 */
export const PATIENCE: Patience = { answerMs: 10_000, attempts: 6, questionMs: 20_000 };

/** What a client is made with. */
export const patientClient = ({ answerMs, attempts }: Omit<Patience, 'questionMs'>) => ({
  maxAttempts: attempts,
  requestHandler: { connectionTimeout: answerMs, requestTimeout: answerMs, throwOnRequestTimeout: true },
});

/**
 * One question. The SDK's own limits end neither an answer that stops in its middle nor credentials that do not come, and its signal
 * no backoff: so it is also left to itself here.
 *
 * @throws GitError `timeout`
 */
export async function withinPatience<T>(
  operation: string,
  { questionMs }: Patience,
  send: (abort: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new GitError('timeout', `AWS (${operation}): no answer within ${questionMs / 1000} s`);
      reject(error);
      stop.abort(error);
    }, questionMs);
  });
  try {
    return await Promise.race([send({ abortSignal: stop.signal }), silence]);
  } finally {
    clearTimeout(timer);
  }
}
