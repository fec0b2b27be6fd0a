import { codeCommitApis } from '../../aws/codecommit.ts';
import type { Patience } from '../../aws/patience.ts';
import { secretAuthorize } from '../../aws/secret.ts';
import type { Oid } from '../../git/oid.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { readDefaultBranches } from '../../replication/default-branch.ts';

const SIDES = {
  source: { region: 'ap-northeast-1', repository: 'Source' },
  destination: { region: 'ap-northeast-3', repository: 'Destination' },
};
const ARN = 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:login-AbCdEf';
const load = async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' });
/** Each short where the other is not what must end the question. */
const BY_ATTEMPT: Patience = { answerMs: 500, attempts: 2, questionMs: 600_000 };
const BY_QUESTION: Patience = { answerMs: 600_000, attempts: 2, questionMs: 50 };

let asked: string[];
let inTheMiddle: boolean;
let server: LocalServer;
beforeAll(async () => {
  server = await listen(async (request, response) => {
    asked.push(String(request.headers['x-amz-target']).split('.')[1] as string);
    if (inTheMiddle) response.writeHead(200, { 'Content-Length': 100 }).write('{"repositoryMetadata":');
  }, 0);
  process.env['AWS_ENDPOINT_URL'] = server.origin;
});
beforeEach(() => {
  asked = [];
  inTheMiddle = false;
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await server.close();
});

it.each<[string, Patience, boolean]>([
  ['never answers, by the time of an attempt', BY_ATTEMPT, false],
  ['never answers, by the time of the question', BY_QUESTION, false],
  ['stops in the middle of its answer', BY_QUESTION, true],
])('warns of a default branch that cannot be read, where the API %s', async (_what, patience, middle) => {
  inTheMiddle = middle;

  const { warnings, settable } = await readDefaultBranches(codeCommitApis(SIDES, load, patience));

  expect(settable).toBe(false);
  expect(warnings.sort()).toEqual([
    expect.stringMatching(
      /^the default branch of the destination could not be read: AWS \(codecommit:GetRepository\): /,
    ),
    expect.stringMatching(/^the default branch of the source could not be read: AWS \(codecommit:GetRepository\): /),
  ]);
  expect(asked).toHaveLength(patience === BY_ATTEMPT ? 4 : 2);
});

it('ends a question whose credentials never come', async () => {
  const apis = codeCommitApis(SIDES, () => new Promise(() => {}), BY_QUESTION);

  await expect(apis.source?.branches()).rejects.toMatchObject({ code: 'timeout', retryable: true });
  expect(asked).toEqual([]);
});

it('takes silence for what may pass, never for an answer', async () => {
  const { source } = codeCommitApis(SIDES, load, BY_QUESTION);
  const oid = 'a'.repeat(40) as Oid;

  await expect(source?.knows([oid])).rejects.toMatchObject({ retryable: true });
  await expect(source?.contains([oid], [oid])).rejects.toMatchObject({ retryable: true });
});

it('ends the reading of a secret, and repeats nothing of it', async () => {
  const authorize = secretAuthorize(ARN, 'host', load, BY_QUESTION);

  await expect(authorize(new URL('https://host/a'), { fresh: false })).rejects.toMatchObject({
    code: 'timeout',
    message: `AWS (secretsmanager:GetSecretValue ${ARN}): no answer within 0.05 s`,
  });
  expect(asked).toEqual(['GetSecretValue']);
});
