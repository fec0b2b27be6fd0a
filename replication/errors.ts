import { GitError, type GitErrorCode } from '../git/errors.ts';

/**
 * The one table of what can go wrong with a run. `exitCode` is all that `ecs:runTask.sync` hands over of a task, so each
 * class has one; `errorName` is what a Lambda function's error is called in the state machine.
 */
export const ERROR_TABLE = {
  internal: { exitCode: 1, retryable: false, errorName: 'Ccrepl.Internal', says: 'a defect of ccrepl itself' },
  input: { exitCode: 2, retryable: false, errorName: 'Ccrepl.Input', says: 'the configuration or the input is wrong' },
  transient: {
    exitCode: 10,
    retryable: true,
    errorName: 'Ccrepl.Transient',
    says: 'a passing failure of the network or a server',
  },
  conflict: {
    exitCode: 11,
    retryable: true,
    errorName: 'Ccrepl.Conflict',
    says: 'heads kept moving while they were written',
  },
  partial: { exitCode: 12, retryable: false, errorName: 'Ccrepl.Partial', says: 'the destination rejected some heads' },
  refused: {
    exitCode: 13,
    retryable: false,
    errorName: 'Ccrepl.Refused',
    says: 'a guard or a divergence kept some heads',
  },
  auth: { exitCode: 14, retryable: false, errorName: 'Ccrepl.Auth', says: 'access was denied' },
  missing: { exitCode: 15, retryable: false, errorName: 'Ccrepl.Missing', says: 'a repository does not exist' },
  quota: {
    exitCode: 16,
    retryable: false,
    errorName: 'Ccrepl.Quota',
    says: 'a limit of the server, or of ours, was met',
  },
  protocol: {
    exitCode: 17,
    retryable: false,
    errorName: 'Ccrepl.Protocol',
    says: 'a server did not speak the git protocol',
  },
  'source-corrupt': {
    exitCode: 18,
    retryable: false,
    errorName: 'Ccrepl.SourceCorrupt',
    says: 'the source could not give a whole pack',
  },
  unfinished: {
    exitCode: 19,
    retryable: true,
    errorName: 'Ccrepl.Unfinished',
    says: 'a long history is on its way, and goes on with the next task',
  },
  terminated: { exitCode: 143, retryable: true, errorName: 'Ccrepl.Terminated', says: 'the task was told to stop' },
} as const;

export type ErrorClass = keyof typeof ERROR_TABLE;

/** A failure of a run, in one of the classes of {@link ERROR_TABLE}. */
export class ReplicationError extends Error {
  override readonly name = 'ReplicationError';
  readonly code: ErrorClass;

  constructor(code: ErrorClass, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }

  get retryable(): boolean {
    return ERROR_TABLE[this.code].retryable;
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exitCode;
  }
}

const CLASS_OF: Record<GitErrorCode, ErrorClass> = {
  connection: 'transient',
  timeout: 'transient',
  aborted: 'terminated',
  throttled: 'transient',
  'server-error': 'transient',
  unauthorized: 'auth',
  'not-found': 'missing',
  'too-large': 'quota',
  redirect: 'protocol',
  tls: 'protocol',
  protocol: 'protocol',
  'remote-error': 'transient',
  corrupt: 'source-corrupt',
  input: 'input',
};

/** Any error as one of the table; what is not known is `internal`. */
export function asReplicationError(error: unknown): ReplicationError {
  if (error instanceof ReplicationError) return error;
  if (error instanceof GitError) return new ReplicationError(CLASS_OF[error.code], error.message, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new ReplicationError('internal', message, { cause: error });
}
