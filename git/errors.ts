import { printable } from './ref.ts';

/**
 * What went wrong between us and one git server. `retryable` of each is in {@link RETRYABLE}: whether the same request,
 * unchanged, has a fair chance a little later.
 */
export type GitErrorCode =
  | 'connection' // refused, reset, name not found, cut in the middle
  | 'timeout' // nothing moved for the idle limit, or the total deadline passed
  | 'aborted' // our own signal (SIGTERM, Ctrl-C)
  | 'throttled' // 429
  | 'server-error' // 408, 5xx
  | 'unauthorized' // 401, 403
  | 'not-found' // 404
  | 'too-large' // 413, or a limit of ours
  | 'redirect' // 3xx: never followed
  | 'tls' // certificate not accepted
  | 'protocol' // an answer that is not the protocol
  | 'remote-error' // the server said ERR, or sent an error on side-band 3
  | 'corrupt' // a pack that does not match its own checksum
  | 'input'; // a URL or a name that we were given

const RETRYABLE: ReadonlySet<GitErrorCode> = new Set([
  'connection',
  'timeout',
  'throttled',
  'server-error',
  'remote-error',
]);

/** A failure of a conversation with one git server. The message never holds a credential. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code: GitErrorCode;
  readonly retryable: boolean;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Seconds that the server asked us to wait (Retry-After), where it did. */
  readonly retryAfter: number | undefined;

  constructor(
    code: GitErrorCode,
    message: string,
    options: { cause?: unknown; status?: number; retryAfter?: number | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.status = options.status;
    this.retryAfter = options.retryAfter;
  }
}

const TLS_CODES = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH|EPROTO)/;

/** A Node network error as a GitError; a GitError stays what it is. */
export function asGitError(error: unknown, where: string): GitError {
  if (error instanceof GitError) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const said = printable(message);
  if (TLS_CODES.test(code)) return new GitError('tls', `${where}: TLS failed: ${said}`, { cause: error });
  if (code.startsWith('HPE_')) return new GitError('protocol', `${where}: broken HTTP: ${said}`, { cause: error });
  return new GitError('connection', `${where}: ${said}`, { cause: error });
}
