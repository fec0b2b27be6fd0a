import { type Execution, hasEnded, resultOf, workedFor } from '../../replication/execution.ts';

const ended = (changes: Partial<Execution>): Execution => ({ arn: 'a', status: 'SUCCEEDED', ...changes });

it.each<[Partial<Execution>, string]>([
  [{ output: '{"outcome":"replicated"}' }, 'succeeded'],
  [{ output: '"text"' }, 'succeeded'],
  [{}, 'succeeded'],
  [{ output: '{"drifted":["a"],"failed":[]}' }, 'drifted'],
  [{ output: '{"drifted":["a"],"failed":["b"]}' }, 'failed'],
  [{ status: 'FAILED', error: 'Ccrepl.Drift' }, 'drifted'],
  [{ status: 'FAILED', error: 'Ccrepl.AlertFailed' }, 'failed'],
  [{ status: 'ABORTED' }, 'failed'],
  [{ status: 'TIMED_OUT' }, 'failed'],
])('takes %j for %s', (changes, result) => {
  expect(resultOf(ended(changes))).toBe(result);
});

it('knows who does the work of an execution that left it to another', () => {
  expect(workedFor(ended({ output: '{"outcome":"coalesced","execution":"b"}' }))).toBe('b');
  expect(workedFor(ended({ output: '{"outcome":"replicated","execution":"b"}' }))).toBeUndefined();
});

it.each([
  ['RUNNING', false],
  ['PENDING_REDRIVE', false],
  ['SUCCEEDED', true],
  ['ABORTED', true],
])('knows whether %s is an end: %j', (status, end) => {
  expect(hasEnded(ended({ status }))).toBe(end);
});
