import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { containerCredentials } from '../../aws/container-credentials.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const AT_ONCE = { answerMs: 500, attempts: 2, pauseMs: 0 };
const KEYS = {
  AccessKeyId: 'ASIA',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: '2026-01-01T01:00:00Z',
  RoleArn: 'arn:aws:iam::111122223333:role/task',
};
const NOW = Date.parse('2026-01-01T00:00:00Z');

let server: LocalServer;
let answer: string;
let asked: { url: string | undefined; authorization: string | undefined }[];
beforeAll(async () => {
  server = await listen(async (request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    response.end(answer);
  }, 0);
});
beforeEach(() => {
  asked = [];
  answer = JSON.stringify(KEYS);
});
afterAll(async () => {
  await server.close();
  await removeFolders();
});

const load = (env: NodeJS.ProcessEnv = {}) =>
  containerCredentials(
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/keys?of=role`, ...env },
    AT_ONCE,
    () => NOW,
  )?.();

it('gives the keys of the role, whose they are, and when they end', async () => {
  expect(await load()).toEqual({
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date('2026-01-01T01:00:00Z'),
    roleArn: KEYS.RoleArn,
  });
  expect(asked).toEqual([{ url: '/keys?of=role', authorization: undefined }]);
});

it('is none where the environment names no endpoint', () => {
  expect(containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: '' })).toBeUndefined();
});

it('shows the endpoint the token that it asks for, also from a file, which may change', async () => {
  const file = join(await aFolder(), 'token');
  await writeFile(file, 'of the file');

  await load({ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of the environment' });
  await load({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file });

  expect(asked.map(({ authorization }) => authorization)).toEqual(['of the environment', 'of the file']);
});

it.each(['http://192.0.2.1/keys', 'http://169.254.169.254/keys', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'keys'])(
  'asks no %s: keys come over TLS, from this machine, or from the container’s own endpoint',
  async (url) => {
    await expect(load({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url })).rejects.toThrow(
      'cannot be used: expected https://',
    );
    expect(asked).toEqual([]);
  },
);

it.each([
  ['too long', 'x'.repeat(70_000), 'over 65536 bytes'],
  ['no object', 'null', 'gave no keys'],
  ['keys without an end', JSON.stringify({ ...KEYS, Expiration: 'soon' }), 'gave no keys'],
  ['keys that end now', JSON.stringify({ ...KEYS, Expiration: '2026-01-01T00:00:00Z' }), 'gave keys that ended at'],
])('takes no answer that is %s, asks once more, and repeats nothing of it', async (_what, text, words) => {
  answer = text;

  const error = await load()?.catch((reason: Error) => reason);

  expect(String(error)).toContain(words);
  expect(String(error)).not.toMatch(/secret|token(?! and)/);
  expect(asked).toHaveLength(2);
});
