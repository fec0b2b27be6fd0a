import { knownCommits } from '../../git/codecommit/commits.ts';
import { anOid } from '../support/plans.ts';

it('asks CodeCommit about a hundred commits at a time', async () => {
  const asked: number[] = [];
  const oids = Array.from({ length: 250 }, (_, n) => anOid(String(n % 10)));

  const known = await knownCommits(async (ids) => {
    asked.push(ids.length);
    return { commits: [{ commitId: ids[0] }] };
  })(oids);

  expect(asked).toEqual([100, 100, 50]);
  expect([...known]).toEqual([anOid('0')]);
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
    message: expect.stringContaining(`${name}: said`),
  });
});
