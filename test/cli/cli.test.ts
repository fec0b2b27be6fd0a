import { ccrepl } from '../support/program.ts';
import { Clone, git, refsOf, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

let two: TwoRegions;
let clone: Clone;
beforeAll(async () => {
  two = await TwoRegions.start('git');
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main', 'main:refs/heads/two words'.replace(' ', '-'), 'main:refs/pull/1/head');
});
afterAll(async () => {
  await two.stop();
  await removeFolders();
});

it('plans, replicates, checks and sees drift, for people and for scripts', async () => {
  const both = [two.sourceUrl, two.destinationUrl];

  const before = await ccrepl(['check', ...both, '--json']);
  const plan = await ccrepl(['replicate', ...both, '--dry-run']);
  const untouched = await refsOf(two.destinationPath);
  const done = await ccrepl(['replicate', ...both, '--json']);
  const again = await ccrepl(['replicate', ...both]);
  const after = await ccrepl(['check', ...both]);
  await git(two.destinationPath, 'update-ref', '-d', 'refs/heads/main');
  const drift = await ccrepl(['check', ...both]);

  expect(before.code).toBe(1);
  expect(JSON.parse(before.stdout)).toMatchObject({
    verdict: 'behind',
    counts: { create: 2 },
    ignored: { 'refs/pull/*': 1 },
  });
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toMatch(
    /refs\/heads\/main\s+create\s+-\s+\w{10}\s+planned\s+is at the source and not yet at the destination/,
  );
  expect(plan.stdout).toContain('1 in refs/pull/*');
  expect(untouched).toBe('');
  expect(JSON.parse(done.stdout)).toMatchObject({
    result: 'replicated',
    objects: 3,
    requests: 5,
    heads: [{ old: null, status: 'done' }, { status: 'done' }],
  });
  expect(again.stdout).toContain('In sync: nothing to do. 2 heads were equal already; 0 objects, 0 B, 2 requests');
  expect(after).toMatchObject({ code: 0, stdout: expect.stringMatching(/^in-sync: 2 of 2 heads are equal$/m) });
  expect(drift.code).toBe(1);
  expect(drift.stdout).toMatch(/refs\/heads\/main\s+\w{10}\s+-\s+create/);
});

it('takes a comparison of nothing for a mistake in the patterns, not for a proof', async () => {
  for (const command of ['check', 'replicate']) {
    const { code, stderr, stdout } = await ccrepl([
      command,
      two.sourceUrl,
      two.destinationUrl,
      '--refs',
      'refs/heads/zzz',
    ]);

    expect(code).toBe(2);
    expect(stderr + stdout).toContain(
      'no head of either side matches "refs/heads/zzz": the source has 2 in refs/heads/*',
    );
  }
});

it('prints exactly one JSON document when a run fails, and names every head that was not written', async () => {
  const stray = await Clone.init();
  await stray.commit('stray\n');
  await stray.push(two.destinationUrl, 'main:refs/heads/stray');

  const { code, stdout } = await ccrepl(['replicate', two.sourceUrl, two.destinationUrl, '--json']);

  expect(code).toBe(13);
  expect(JSON.parse(stdout)).toMatchObject({
    result: 'incomplete',
    error: { code: 'refused' },
    heads: expect.arrayContaining([
      expect.objectContaining({
        ref: 'refs/heads/stray',
        status: 'refused',
        reason: expect.stringContaining('somebody else'),
      }),
    ]),
  });
});

it('signs for CodeCommit with the AWS credentials of the environment', async () => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_ENDPOINT_URL: two.source.origin,
    CCREPL_GIT_ENDPOINTS: JSON.stringify({
      'ap-northeast-1': two.source.origin,
      'ap-northeast-3': two.destination.origin,
    }),
  };

  const { code, stdout } = await ccrepl(
    ['check', 'codecommit::ap-northeast-1://Source', 'codecommit::ap-northeast-1://Gone', '--json'],
    env,
  );
  const found = await ccrepl(
    ['check', 'codecommit::ap-northeast-1://Source', 'codecommit::ap-northeast-3://Destination', '--json'],
    env,
  );

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'unknown', error: { code: 'missing' } });
  expect(JSON.parse(found.stdout).counts.source).toBe(2);
});

it.each([
  [[], 'no command given'],
  [['mirror', 'a', 'b'], '"mirror" is not a command'],
  [['check', 'https://h/a'], 'takes two repositories'],
  [['check', 'https://h/a', 'https://h/b', '--dry-run'], 'has no --dry-run'],
  [['replicate', '--forse'], "Unknown option '--forse'"],
  [['replicate', '--force'], 'replicate has no --force'],
])('says what is wrong with %j', async (args, message) => {
  const { code, stderr } = await ccrepl(args);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain('see ccrepl --help');
});

it('explains itself', async () => {
  const { code, stdout } = await ccrepl(['--help']);

  expect(code).toBe(0);
  expect(stdout).toContain('Usage: ccrepl COMMAND');
});
