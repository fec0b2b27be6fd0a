import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NODE_FLAGS } from '../../container/node-flags.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { Clone, git, removeFolders } from '../support/repository.ts';
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

/** Starts the container's real program, with an environment of its own. */
async function start(env: Record<string, string | undefined> = {}) {
  const all: Record<string, string | undefined> = {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_REGION: 'ap-northeast-1',
    AWS_ENDPOINT_URL: two.source.origin,
    CCREPL_GIT_ENDPOINTS: JSON.stringify({
      'ap-northeast-1': two.source.origin,
      'ap-northeast-3': two.destination.origin,
    }),
    CCREPL_REPLICA: JSON.stringify(REPLICA),
    ...env,
  };
  const child = spawn(process.execPath, [...NODE_FLAGS, await theBundle()], {
    env: all as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number,
    ...output,
    all: output.stdout + output.stderr,
  }));
  return { child, ended };
}
const run = async (env?: Record<string, string | undefined>) => (await start(env)).ended;

it('replicates one replica, and tells the result in one line of JSON', async () => {
  const { code, stdout, stderr } = await run();

  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    replica: REPLICA.id,
    result: 'replicated',
    objects: 3,
    requests: 5,
    heads: [{ ref: 'refs/heads/main', status: 'done' }],
  });
  const records = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.filter(({ level }) => level === 'info').length).toBe(records.length - 1);
  expect(records.find(({ level }) => level === undefined)).toMatchObject({
    Tasks: 1,
    TasksFailed: 0,
    PackBytes: JSON.parse(stdout).packBytes,
    TaskSeconds: JSON.parse(stdout).ms / 1000,
  });
  await two.expectEqual();
});

it.each<[string, Record<string, string | undefined>, number, string]>([
  ['no replica', { CCREPL_REPLICA: undefined }, 2, 'CCREPL_REPLICA is missing'],
  ['a replica that is none', { CCREPL_REPLICA: '{"id":1}' }, 2, 'id is 1: expected of type string'],
  ['a deadline that is none', { CCREPL_DEADLINE_SECONDS: 'soon' }, 2, 'CCREPL_DEADLINE_SECONDS is "soon"'],
  ['endpoints that are none', { CCREPL_GIT_ENDPOINTS: 'x' }, 2, 'CCREPL_GIT_ENDPOINTS cannot be read'],
  ['no keys', { AWS_ACCESS_KEY_ID: undefined }, 14, 'no AWS credentials'],
  ['wrong keys', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 14, 'HTTP 403'],
  [
    'nobody there',
    { CCREPL_GIT_ENDPOINTS: '{"ap-northeast-1":"http://127.0.0.1:9","ap-northeast-3":"http://127.0.0.1:9"}' },
    10,
    'ECONNREFUSED',
  ],
  [
    'no such repository',
    { CCREPL_REPLICA: JSON.stringify({ ...REPLICA, destination: { ...REPLICA.destination, repository: 'Gone' } }) },
    15,
    'HTTP 404',
  ],
])('ends with its own exit code for %s', async (_what, env, exitCode, message) => {
  const { code, stdout } = await run(env);

  expect(code).toBe(exitCode);
  expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', error: { message: expect.stringContaining(message) } });
});

it('ends with 13 when it kept what somebody else wrote', async () => {
  const stray = await Clone.init();
  await stray.commit('stray\n');
  await stray.push(two.destinationUrl, 'main');

  const { code, stdout } = await run();

  expect(code).toBe(13);
  expect(JSON.parse(stdout)).toMatchObject({ result: 'incomplete', heads: [{ status: 'refused' }] });
});

it('sets the destination’s default branch before it deletes the old one', async () => {
  await run();
  await clone.git('branch', '-m', 'main', 'trunk');
  await clone.push(two.sourceUrl, 'trunk');
  await two.source.store.setDefaultBranch('Source', 'trunk');
  await clone.push(two.sourceUrl, ':refs/heads/main');
  // One API endpoint for both regions: the look-alike's own, told apart by the signature.
  const aws = await listen(
    gateway({
      regions: [two.source, two.destination],
      machines: [],
      functions: [],
      topic: undefined as never,
      accessKeyIds: ['AKIATEST'],
    }),
    0,
  );

  const { code, stdout } = await run({ AWS_ENDPOINT_URL: aws.origin });
  await aws.close();

  expect(JSON.parse(stdout)).toMatchObject({ result: 'replicated' });
  expect(code).toBe(0);
  expect(await git(two.destinationPath, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
  await two.expectEqual();
});
