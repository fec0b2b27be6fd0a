import { asReplicationError, type ReplicationError } from '../replication/errors.ts';
import { calledAs } from './arguments/command.ts';
import type { CommandName } from './arguments/options.ts';

/** What each command's JSON document says when nothing is known; a word that is no command is taken for the first. */
const NOTHING_KNOWN: Record<CommandName, object> = {
  replicate: { result: 'failed', heads: [] },
  check: { verdict: 'unknown', differences: [] },
  status: { goodEnough: false, replicas: [] },
  start: { result: 'failed', execution: null },
};

/** An error for scripts. */
export const failureToJson = ({ code, message, retryable }: ReplicationError) => ({ code, message, retryable });

/** Says that a command failed, in the form that was asked for. Gives the exit code. */
export function reportFailure(argv: readonly string[], caught: unknown): number {
  const error = asReplicationError(caught);
  const { name = 'replicate', json } = calledAs(argv);
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...NOTHING_KNOWN[name], error: failureToJson(error) }, null, 2)}\n`);
  } else {
    process.stderr.write(`error: ${error.message}\n`);
  }
  // The others' codes tell drift from error, and no more.
  return name === 'replicate' ? error.exitCode : 2;
}
