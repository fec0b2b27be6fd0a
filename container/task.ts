import { codeCommitApis } from '../aws/codecommit.ts';
import { taskCredentials } from '../aws/credentials.ts';
import { openSide } from '../aws/remote.ts';
import { sideCredentials } from '../aws/side-credentials.ts';
import { gitEndpoints } from '../git/codecommit/remote.ts';
import { GitError } from '../git/errors.ts';
import { asReplicationError, ERROR_TABLE, ReplicationError } from '../replication/errors.ts';
import { metricsLine } from '../replication/metrics.ts';
import { type Progress, parseGitProgress } from '../replication/progress.ts';
import { parseTask } from '../replication/settings.ts';
import { jsonLog } from './log.ts';
import { relay } from './relay/relay.ts';
import { resultToJson } from './relay/result.ts';
import { errorOf } from './unfinished.ts';

/** The edge of the process, so that a test can stand in for it. */
export interface TaskEdge {
  env: NodeJS.ProcessEnv;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  signal: AbortSignal;
}

/** Below the state's TimeoutSeconds, so that the task has said how it ended by then. */
export const DEADLINE_SECONDS = 3300;

/** Heads named in the result line: a log event of CloudWatch holds 256 KiB. */
const HEADS_IN_RESULT = 200;

/**
 * The Fargate task: replicates one replica, given as JSON in `CCREPL_REPLICA` (with the `confirm` of the execution, if any). One JSON line on stdout is the result, JSON
 * lines on stderr are the log, and the exit code is of the error table.
 */
export async function runTask(edge: TaskEdge): Promise<number> {
  const { env, signal } = edge;
  const log = jsonLog(edge.stderr, { execution: env['CCREPL_EXECUTION'] });
  try {
    const { confirm, ...replica } = parseTask(required(env, 'CCREPL_REPLICA'));
    const deadlineMs = seconds(env, 'CCREPL_DEADLINE_SECONDS', DEADLINE_SECONDS) * 1000;
    const timeIsUp = deadline(deadlineMs);
    const stop = AbortSignal.any([signal, timeIsUp]);
    const endpoints = gitEndpoints(env);
    const load = sideCredentials(replica, taskCredentials(env), 'roleArn');
    const progress = throttled(seconds(env, 'CCREPL_PROGRESS_SECONDS', 10) * 1000, (fields) =>
      log('info', 'progress', { replica: replica.id, ...fields }),
    );
    const options = { signal: stop, onProgress: progress.serverSaid };
    const source = openSide(replica.source, load.source, endpoints, { ...options, side: 'source' });
    const destination = openSide(replica.destination, load.destination, endpoints, { ...options, side: 'destination' });
    log('info', 'replication started', { replica: replica.id });
    const started = Date.now();
    const ended = await relay({
      source,
      destination,
      policy: replica.policy,
      apis: codeCommitApis(replica, load),
      confirm,
      onProgress: progress.at,
    });
    const error = errorOf(ended, timeIsUp.aborted && !signal.aborted);
    const result = error === undefined ? ended : { ...ended, error };
    progress.flush();
    source.close();
    destination.close();
    const requests = source.traffic.requests + destination.traffic.requests;
    const summary = {
      replica: replica.id,
      ...resultToJson(result, HEADS_IN_RESULT),
      requests,
      ms: Date.now() - started,
    };
    edge.stdout(`${JSON.stringify(summary)}\n`);
    count(edge, { failed: result.error !== undefined, packBytes: result.packBytes, ms: summary.ms });
    if (result.error) log('error', result.error.message, { replica: replica.id, code: result.error.code });
    return result.error?.exitCode ?? 0;
  } catch (caught) {
    const error = asReplicationError(caught);
    const said = { code: error.code, message: error.message, retryable: error.retryable };
    edge.stdout(`${JSON.stringify({ result: 'failed', error: said })}\n`);
    count(edge, { failed: true, packBytes: 0, ms: 0 });
    log('error', error.message, { code: error.code });
    return ERROR_TABLE[error.code].exitCode;
  }
}

/** For CloudWatch: in the log, because stdout has the result alone. */
function count(
  { stderr }: TaskEdge,
  { failed, packBytes, ms }: { failed: boolean; packBytes: number; ms: number },
): void {
  const values = { Tasks: 1, TasksFailed: failed ? 1 : 0, PackBytes: packBytes, TaskSeconds: ms / 1000 };
  stderr(metricsLine(values, Date.now()));
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new ReplicationError('input', `the environment variable ${name} is missing: expected the replica as JSON`);
}

function seconds(env: NodeJS.ProcessEnv, name: string, byDefault: number): number {
  const text = env[name];
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (value > 0 && value <= 86_400) return value;
  throw new ReplicationError('input', `${name} is "${text}": expected a number of seconds from above 0 to 86400`);
}

/** Our own deadline, below the state's TimeoutSeconds: Step Functions does not promise to stop a task that timed out. */
function deadline(ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = new GitError('timeout', `the run did not end within ${ms / 1000} s`);
  setTimeout(() => controller.abort(reason), ms).unref();
  return controller.signal;
}

/** Progress as log lines, at most one an interval, but never losing the last of a stage. */
function throttled(intervalMs: number, emit: (progress: Progress) => void) {
  let last = Number.NEGATIVE_INFINITY;
  let state: Progress = { stage: 'reading', objects: 0, packBytes: 0 };
  let pending = false;
  const update = (next: Progress) => {
    const urgent = next.stage !== state.stage || next.step !== state.step;
    state = next;
    pending = true;
    if (!urgent && Date.now() - last < intervalMs) return;
    flush();
  };
  const flush = () => {
    if (!pending) return;
    pending = false;
    last = Date.now();
    emit(state);
  };
  const serverSaid = (text: string) => {
    const step = parseGitProgress(text);
    if (step !== undefined) update({ ...state, ...step });
  };
  return { at: update, serverSaid, flush };
}
