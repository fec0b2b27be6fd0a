import { parseLogin, secretAuthorize } from '../../aws/secret.ts';
import { tokenUsername } from '../../git/credentials.ts';
import { GitRemote } from '../../git/remote.ts';
import { Clone, git, refsOf, removeFolders } from '../support/repository.ts';
import { runTask } from '../support/task.ts';
import { DESTINATION, SOURCE, TwoRegions } from '../support/two-regions.ts';

const ARN = 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:git-host-AbCdEf';
const LOGIN = JSON.stringify({ username: 'test', password: 'test' });

let two: TwoRegions;
let clone: Clone;
beforeEach(async () => {
  two = await TwoRegions.start('git');
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
});
afterEach(() => two.stop());
afterAll(removeFolders);

const hostSide = (url: string) => ({ url: url.replace('test:test@', ''), secret: ARN });

it('replicates from any git host into CodeCommit, with a login that only a secret holds', async () => {
  two.secrets[ARN] = LOGIN;
  await clone.push(
    two.sourceUrl,
    'main:refs/pull/1/head',
    'main:refs/merge-requests/7/head',
    'main:refs/keep-around/x',
  );

  const { code, result, stderr } = await runTask(two, { source: hostSide(two.sourceUrl), destination: DESTINATION });

  expect(code).toBe(0);
  expect(result).toMatchObject({
    result: 'replicated',
    ignored: { 'refs/pull/*': 1, 'refs/merge-requests/*': 1, 'refs/keep-around/*': 1 },
  });
  expect(await git(two.destinationPath, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect(JSON.stringify(result) + stderr).not.toContain('"test"');
});

it('replicates from CodeCommit to any git host, and between two of them', async () => {
  two.secrets[ARN] = LOGIN;
  const out = await runTask(two, { source: SOURCE, destination: hostSide(two.destinationUrl) });
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  const between = await runTask(two, { source: hostSide(two.sourceUrl), destination: hostSide(two.destinationUrl) });

  expect([out.code, between.code]).toEqual([0, 0]);
  expect(await refsOf(two.destinationPath)).toBe(await refsOf(two.sourcePath));
});

it.each<[string, string | undefined, number, RegExp]>([
  ['is not there', undefined, 15, /secretsmanager:GetSecretValue arn:aws.*ResourceNotFoundException/],
  ['is empty', '  ', 2, /the secret arn:aws\S+ is empty/],
  ['is broken JSON', '{"username":"u","password":"CANARY', 2, /begins like JSON and is none: expected \{"username"/],
  ['lacks the password', '{"username":"CANARY"}', 2, /has no "password"/],
  ['has a user name that no header can carry', '{"username":"a:b","password":"CANARY"}', 2, /has no usable "username"/],
  ['is two words', 'CANARY CANARY', 2, /no single word/],
  ['is wrong', '{"username":"u","password":"CANARY"}', 14, /HTTP 403/],
])('says what is wrong with a secret that %s, and shows nothing of it', async (_what, value, exitCode, message) => {
  if (value !== undefined) two.secrets[ARN] = value;

  const { code, result, stderr } = await runTask(two, { source: hostSide(two.sourceUrl), destination: DESTINATION });

  expect(code).toBe(exitCode);
  expect((result['error'] as { message: string }).message).toMatch(message);
  expect(JSON.stringify(result) + stderr).not.toContain('CANARY');
});

it('reads a secret again when the host has refused its login: it may have been rotated', async () => {
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = await two.apiOrigin();
  two.secrets[ARN] = '{"username":"test","password":"old"}';
  const authorize = secretAuthorize(ARN, 'host', async () => ({
    accessKeyId: 'AKIATEST',
    secretAccessKey: 'test-secret',
  }));
  const url = new URL(hostSide(two.sourceUrl).url);
  await authorize(url, { fresh: false });
  two.secrets[ARN] = LOGIN;
  const remote = new GitRemote({ url, authorize, side: 'source' });

  const { refs } = await remote.advertisement('git-upload-pack');
  remote.close();

  expect(refs.size).toBe(1);
});

it.each([
  ['github.com', 'x-access-token'],
  ['github.example.com', 'x-access-token'],
  ['gitlab.com', 'oauth2'],
  ['gitlab.example.com', 'oauth2'],
  ['bitbucket.org', 'x-token-auth'],
  ['notbitbucket.org', 'x-access-token'],
])('uses a token alone at %s under the user name %s', (host, username) => {
  expect(tokenUsername(host)).toBe(username);
  expect(parseLogin('glpat-TOKEN\n', ARN, host)).toEqual({ username, password: 'glpat-TOKEN' });
});
