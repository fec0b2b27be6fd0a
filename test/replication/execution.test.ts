import { type Execution, hasEnded, isCoalesced, resultOf, workedFor } from '../../replication/execution.ts';

const ended = (changes: Partial<Execution>): Execution => ({ arn: 'a', status: 'SUCCEEDED', ...changes });

it.each<[Partial<Execution>, string]>([
  [{ output: '{"outcome":"replicated"}' }, 'succeeded'],
  [{ output: '{"outcome":"in-sync"}' }, 'succeeded'],
  [{ output: '{"outcome":"following"}' }, 'unproven'],
  [{ output: '{"outcome":"coalesced","execution":"b"}' }, 'unproven'],
  [{ output: '{"outcome":"splendid"}' }, 'unknown'],
  [{ output: '{"outcome":"constructor"}' }, 'unknown'],
  [{ output: '{"outcome":null}' }, 'unknown'],
  [{ output: '"text"' }, 'unknown'],
  [{ output: '{"outcome":' }, 'unknown'],
  [{}, 'unknown'],
  [{ output: '{"replicas":3,"outcomes":{"in-sync":1,"coalesced":2}}' }, 'unproven'],
  [{ output: '{"replicas":3,"outcomes":{"in-sync":1,"replicated":2}}' }, 'succeeded'],
  [{ output: '{"replicas":3,"outcomes":{"following":1,"coalesced":1,"splendid":1}}' }, 'unknown'],
  [{ output: '{"replicas":0,"outcomes":{},"drifted":[],"failed":[]}' }, 'succeeded'],
  [{ output: '{"replicas":1,"drifted":["a"],"failed":[]}' }, 'drifted'],
  [{ output: '{"replicas":2,"outcomes":{"in-sync":1,"drifted":1}}' }, 'drifted'],
  [{ output: '{"replicas":2,"outcomes":{"drifted":1,"failed":1},"drifted":["a"],"failed":["b"]}' }, 'failed'],
  [{ output: '{"replicas":2,"outcomes":{"in-sync":1,"splendid":1},"drifted":[],"failed":[]}' }, 'unknown'],
  [{ output: '{"replicas":2,"outcomes":{"drifted":1,"splendid":1},"drifted":["a"],"failed":[]}' }, 'drifted'],
  [{ output: '{"replicas":2,"outcomes":{"in-sync":1},"drifted":[],"failed":[]}' }, 'unknown'],
  [{ output: '{"replicas":1,"outcomes":{"in-sync":"1"},"drifted":"none","failed":null}' }, 'unknown'],
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
  expect(workedFor(ended({ output: '{"outcome":"coalesced","execution":7}' }))).toBeUndefined();
});

it('knows whether an execution left its work to another, also where that has no name', () => {
  expect(isCoalesced(ended({ output: '{"outcome":"coalesced"}' }))).toBe(true);
  expect(isCoalesced(ended({ output: '{"outcome":"in-sync"}' }))).toBe(false);
  expect(isCoalesced(ended({ status: 'FAILED', output: '{"outcome":"coalesced"}' }))).toBe(false);
});

it.each([
  ['RUNNING', false],
  ['PENDING_REDRIVE', false],
  ['SUCCEEDED', true],
  ['ABORTED', true],
])('knows whether %s is an end: %j', (status, end) => {
  expect(hasEnded(ended({ status }))).toBe(end);
});
