import { knownCommits } from '../../git/codecommit/commits.ts';
import type { Oid } from '../../git/oid.ts';
import { anOid } from '../support/plans.ts';

it('asks CodeCommit about a hundred commits at a time, and joins what it answers', async () => {
  const calls: number[] = [];
  const ask = knownCommits(async (ids) => {
    calls.push(ids.length);
    // Of the second hundred it knows nothing, and of the others every one but the first.
    return calls.length === 2
      ? {}
      : { commits: [{ commitId: undefined }, ...ids.slice(1).map((commitId) => ({ commitId }))] };
  });
  const oids = Array.from({ length: 203 }, (_, n) => n.toString(16).padStart(40, '0') as Oid);

  const known = await ask(oids);

  expect(calls).toEqual([100, 100, 3]);
  expect([...known]).toEqual([...oids.slice(1, 100), ...oids.slice(201)]);
});

it('asks in no call about nothing', async () => {
  let calls = 0;
  const ask = knownCommits(async (ids) => {
    calls += 1;
    return { commits: ids.map((commitId) => ({ commitId })) };
  });

  expect((await ask(Array.from({ length: 100 }, (_, n) => n.toString(16).padStart(40, '0') as Oid))).size).toBe(100);
  expect(calls).toBe(1);
  expect((await ask([])).size).toBe(0);
  expect(calls).toBe(1);
});

it.each([
  ['SyntaxError', 400, 'throttled', true],
  ['ThrottlingException', 400, 'throttled', true],
  ['AccessDeniedException', 400, 'unauthorized', false],
  ['RepositoryDoesNotExistException', 400, 'not-found', false],
  ['InternalFailure', 500, 'server-error', true],
  ['TimeoutError', undefined, 'connection', true],
  ['ValidationException', 400, 'protocol', false],
])('knows what %s (HTTP %s) means', async (name, httpStatusCode, code, retryable) => {
  const failing = knownCommits(async () => {
    throw Object.assign(new Error('said'), { name, $metadata: { httpStatusCode } });
  });

  await expect(failing([anOid('1')])).rejects.toMatchObject({
    code,
    retryable,
    message: `AWS (codecommit:BatchGetCommits): ${name}: said`,
  });
});
