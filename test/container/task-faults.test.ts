import { NODE_FLAGS } from '../../container/node-flags.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { startProgram } from '../support/program.ts';
import { Clone, removeFolders } from '../support/repository.ts';
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

it.each(['0', '-1', '', ' ', 'NaN', '1e9', '86401', '5 minutes'])('refuses the deadline %j', async (text) => {
  const { code, stdout } = await run({ CCREPL_DEADLINE_SECONDS: text });

  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('expected a number of seconds');
});
