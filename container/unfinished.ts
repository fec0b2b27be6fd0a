import { ReplicationError } from '../replication/errors.ts';
import type { RelayResult } from './relay/result.ts';

/**
 * Why a run is not whole, for the exit code: one that its deadline ended in the middle of a long history, of which a part has
 * arrived, has not failed. The next goes on from there, so it is worth more tasks than a failure.
 */
export function errorOf({ error, steps }: RelayResult, timeIsUp: boolean): ReplicationError | undefined {
  if (error === undefined || !timeIsUp || steps === 0) return error;
  const said = `a part of a long history arrived (${steps} ${steps === 1 ? 'push' : 'pushes'}) before the time was up`;
  return new ReplicationError('unfinished', said, { cause: error });
}
