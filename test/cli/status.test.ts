import { ccrepl } from '../support/program.ts';
import { Deployment } from '../support/records.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start();
});
afterAll(() => deployment.stop());

const ask = (...args: string[]) => ccrepl(['status', ...args], deployment.env);

it('says of an empty table that nothing has run yet', async () => {
  const { code, stderr, stdout } = await ask();

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('the table "ccrepl-replicas" in ap-northeast-1 is empty: no execution has run yet');
  expect(stderr).toContain('ccrepl start --sweep');
});

it('shows all replicas or one, and tells scripts whether they are good enough', async () => {
  const now = new Date().toISOString();
  await deployment.put({ replica: 'well', verdict: 'in-sync', inSyncSince: now, verifiedAt: now, lagSeconds: 3 });
  await deployment.put({ replica: 'old', verdict: 'in-sync', verifiedAt: '2026-01-01T00:00:00.000Z' });
  await deployment.put({ replica: 'sweep:arn', news: ['well is behind'] });

  const all = await ask();
  const aged = await ask('--max-age', '1h');
  const fresh = await ask('well', '--max-age', '1h', '--json');
  await deployment.put({ replica: 'new', holder: 'arn:aws:states:r:1:execution:m:first', heldSince: now });
  const ill = await ask('--json');

  expect([all.code, aged.code, fresh.code, ill.code]).toEqual([0, 1, 0, 1]);
  expect(all.stdout).toMatch(
    /^REPLICA +VERDICT.*\nold +in-sync.*\nwell +in-sync.*\n\n2 of 2 replicas with a record are in sync\.\n$/,
  );
  expect(aged.stdout).toContain('1 of 2 replicas with a record are in sync and verified no longer than 1h ago.');
  expect(JSON.parse(fresh.stdout)).toMatchObject({
    goodEnough: true,
    replicas: [{ replica: 'well', verdict: 'in-sync', since: now, mayBeMissing: 'nothing-known', lagSeconds: 3 }],
  });
  expect(JSON.parse(ill.stdout)).toMatchObject({
    goodEnough: false,
    replicas: [
      { replica: 'new', verdict: 'unknown', recoveryPointSeconds: null, mayBeMissing: 'everything', goodEnough: false },
      { replica: 'old' },
      { replica: 'well' },
    ],
  });
});

it('names the replicas that there are, for one that has no record', async () => {
  const { code, stdout } = await ask('Nope', '--json');

  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    goodEnough: false,
    replicas: [],
    error: { code: 'missing', message: expect.stringContaining('"Nope" has no record in the table') },
  });
  expect(stdout).toContain('expected one of \\"new\\", \\"old\\", \\"well\\"');
  expect(stdout).toContain('ccrepl start Nope');
});

it('shows ids that somebody wrote by hand without what could forge or hide text', async () => {
  await deployment.put({ replica: 'z\u202e\u001b[2J\nerror', verdict: 'in-sync' });

  const people = await ask('Nope');
  const scripts = await ask('Nope', '--json');

  expect([people.code, scripts.code]).toEqual([2, 2]);
  expect(people.stderr).toContain('"z\\u{202e}\\u{1b}[2J\\u{a}error"');
  expect(people.stderr.split('\n')).toHaveLength(2);
  expect(JSON.parse(scripts.stdout).error.message).toContain('"z\\u{202e}\\u{1b}[2J\\u{a}error"');
});

it('takes no record without a proof for good enough', async () => {
  await deployment.put({ replica: 'unproven', verdict: 'in-sync' });

  const { code, stdout } = await ask('unproven');

  expect(code).toBe(1);
  expect(stdout).toContain('0 of 1 replica with a record is in sync');
});

it('says in its help that it sees records alone', async () => {
  const { stdout } = await ccrepl(['--help']);

  expect(stdout.replace(/\s+/g, ' ')).toContain('A replica that has never run has no record');
});

it('says what is missing in the environment', async () => {
  const { AWS_DEFAULT_REGION: _, ...nowhere } = deployment.env;
  const { AWS_ACCESS_KEY_ID: __, ...nobody } = deployment.env;

  const region = await ccrepl(['status'], nowhere);
  const credentials = await ccrepl(['status'], nobody);

  expect([region.code, credentials.code]).toEqual([2, 2]);
  expect(region.stderr).toContain('error: no AWS region: expected --region REGION, AWS_REGION');
  expect(credentials.stderr).toContain('error: no AWS credentials');
});

it('fails before anything is sent where the arguments are wrong, for people and for scripts', async () => {
  // Without region and credentials: what is sent would fail with other words.
  const people = await ccrepl(['status', '--max-age', '15']);
  const scripts = await ccrepl(['status', '--max-age', '15', '--json']);

  expect([people.code, scripts.code]).toEqual([2, 2]);
  expect(people.stderr).toContain('error: --max-age is "15": expected a number from 1 with its unit');
  expect(JSON.parse(scripts.stdout)).toMatchObject({ goodEnough: false, replicas: [], error: { code: 'input' } });
});
