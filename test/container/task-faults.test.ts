import { NODE_FLAGS } from '../../container/node-flags.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { startProgram } from '../support/program.ts';
import { disturbingProxy } from '../support/proxy.ts';
import { Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';
import { theBundle } from '../support/system.ts';
import { TwoRegions } from '../support/two-regions.ts';

let two: TwoRegions;
let clone: Clone;
beforeEach(async () => {
  two = await TwoRegions.start('codecommit');
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
});
afterEach(() => two.stop());
afterAll(removeFolders);

const endpoints = (source = two.source.origin, destination = two.destination.origin): string =>
  JSON.stringify({ 'ap-northeast-1': source, 'ap-northeast-3': destination });

/** Starts the container's real program, with an environment of its own. */
const start = async (env: Record<string, string> = {}) =>
  startProgram([...NODE_FLAGS, await theBundle()], {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_REGION: 'ap-northeast-1',
    AWS_ENDPOINT_URL: two.source.origin,
    CCREPL_GIT_ENDPOINTS: endpoints(),
    CCREPL_REPLICA: JSON.stringify(REPLICA),
    ...env,
  });
const run = async (env?: Record<string, string>) => (await start(env)).ended;

it('stops on SIGTERM while the destination says nothing about a push, and the next run finds what is really there', async () => {
  const pushed = Promise.withResolvers<void>();
  const proxy = await disturbingProxy(two.destination.origin, [
    { path: 'git-receive-pack', hangAfter: 1, onHang: pushed.resolve },
  ]);
  const { child, ended } = await start({ CCREPL_GIT_ENDPOINTS: endpoints(two.source.origin, proxy.origin) });
  await Promise.race([pushed.promise, ended]);

  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  await proxy.close();
  const next = await run();

  expect(code).toBe(143);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(next.code).toBe(0);
  await two.expectEqual();
});

it('leaves no half of anything when it is killed in the middle of a pack, and the next run heals all', async () => {
  await clone.history(200, 'large', { files: 200, bytes: 3000 });
  await clone.push(two.sourceUrl, 'large');
  const asked = Promise.withResolvers<void>();
  const proxy = await disturbingProxy(two.source.origin, [
    { path: 'git-upload-pack', hangAfter: 3000, onHang: asked.resolve },
  ]);
  const { child, ended } = await start({ CCREPL_GIT_ENDPOINTS: endpoints(proxy.origin) });
  await Promise.race([asked.promise, ended]);

  child.kill('SIGKILL');
  await ended;
  await proxy.close();
  const after = await refsOf(two.destinationPath);
  await fsck(two.destinationPath);
  const { code } = await run();

  expect(after).toBe('');
  expect(code).toBe(0);
  await two.expectEqual();
});

it('keeps standard output for one line of JSON however many heads a run has', async () => {
  const head = await clone.git('rev-parse', 'main');
  for (let n = 0; n < 400; n += 1) await clone.git('update-ref', `refs/tags/t${n}`, head);
  await clone.push(two.sourceUrl, '--tags');

  const { code, stdout } = await run();

  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ result: 'replicated', headsOmitted: 201, counts: { create: 401 } });
  await two.expectEqual();
});

it('logs hostile names as text in JSON, one record a line', async () => {
  await clone.push(two.sourceUrl, 'main:refs/heads/$(id)"', 'main:refs/heads/\u202ex', 'main:refs/heads/<b>%0d%0a');

  const { code, stdout, stderr } = await run({ CCREPL_EXECUTION: 'arn\nforged' });

  expect(code).toBe(0);
  expect(JSON.parse(stdout).heads.map(({ ref }: { ref: string }) => ref)).toContain('refs/heads/\\u{202e}x');
  const records = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const logged = records.filter((record) => !('_aws' in record));
  expect(logged.length).toBe(records.length - 1);
  for (const record of logged) expect(record).toHaveProperty('execution', 'arn\nforged');
});

it('refuses an endpoint that has a login in it, and shows no password', async () => {
  const origin = 'http://user:CANARY@127.0.0.1:9';

  const { code, stdout, stderr } = await run({ CCREPL_GIT_ENDPOINTS: endpoints(origin, origin) });

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', error: { code: 'input', retryable: false } });
  expect(stdout + stderr).not.toContain('CANARY');
});

it('sends no signed password over plain http to another machine', async () => {
  const { code, stdout } = await run({ CCREPL_GIT_ENDPOINTS: endpoints('http://192.0.2.1', 'http://192.0.2.1') });

  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('not sent over plain http');
});

it.each(['0', '-1', '', ' ', 'NaN', '1e9', '86401', '5 minutes'])('refuses the deadline %j', async (text) => {
  const { code, stdout } = await run({ CCREPL_DEADLINE_SECONDS: text });

  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('expected a number of seconds');
});

it('shows its keys to nobody, even if the destination repeats them in what it says about a push', async () => {
  const echo = await disturbingProxy(two.destination.origin, [{ path: '/git-receive-pack', echoAuthorization: true }]);

  const { code, stdout, stderr } = await run({ CCREPL_GIT_ENDPOINTS: endpoints(two.source.origin, echo.origin) });
  await echo.close();

  expect(code).toBe(14);
  expect(JSON.parse(stdout).heads).toMatchObject([{ ref: 'refs/heads/main', status: 'not-written' }]);
  expect(stdout).toContain('denied for');
  expect(stdout + stderr).not.toMatch(/\d{8}T\d{6}Z[0-9a-f]{8}/);
  expect(stdout + stderr).not.toContain(Buffer.from('AKIATEST:').toString('base64'));
  expect(await git(two.destinationPath, 'for-each-ref')).toBe('');
});
