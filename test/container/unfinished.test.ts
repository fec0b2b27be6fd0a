import type { RelayResult } from '../../container/relay/result.ts';
import { errorOf } from '../../container/unfinished.ts';
import { ReplicationError } from '../../replication/errors.ts';

const failed = new ReplicationError('transient', 'the run did not end within 3300 s');
const ended = (changes: Partial<RelayResult>) => ({ error: failed, steps: 3, ...changes }) as RelayResult;

it('a run that its deadline ended after a part of a long history had arrived is unfinished, not failed', () => {
  expect(errorOf(ended({}), true)).toMatchObject({
    code: 'unfinished',
    exitCode: 19,
    retryable: true,
    message: 'a part of a long history arrived (3 pushes) before the time was up',
    cause: failed,
  });
});

it.each<[string, Partial<RelayResult>, boolean]>([
  ['without a part that arrived', { steps: 0 }, true],
  ['before its deadline', {}, false],
])('a run that failed %s has failed', (_what, changes, timeIsUp) => {
  expect(errorOf(ended(changes), timeIsUp)).toBe(failed);
});

it('a run that is whole when its time is up is whole', () => {
  expect(errorOf({ steps: 3 } as RelayResult, true)).toBeUndefined();
});
