import { REPLICA } from '../../local/demonstration.ts';
import { DEVELOPER } from '../../local/people.ts';
import type { LocalSystem } from '../../local/system.ts';
import { ccrepl } from '../support/program.ts';
import { removeFolders } from '../support/repository.ts';
import { aSystem } from '../support/system.ts';

let system: LocalSystem;
beforeAll(async () => {
  system = await aSystem();
});
afterAll(async () => {
  await system.stop();
  await removeFolders();
});

it('starts the real state machine, waits for it, and reads what it has recorded', async () => {
  const env = {
    AWS_ENDPOINT_URL: system.endpoint,
    AWS_DEFAULT_REGION: REPLICA.source.region,
    AWS_ACCESS_KEY_ID: DEVELOPER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DEVELOPER.secretAccessKey,
  };

  const before = await ccrepl(['status'], env);
  const started = await ccrepl(['start', REPLICA.id, '--wait'], env);
  const unknown = await ccrepl(['start', 'Nope', '--wait'], env);
  const swept = await ccrepl(['start', '--sweep', '--wait'], env);
  const after = await ccrepl(['status', '--max-age', '15m', '--json'], env);

  expect([before, started, unknown, swept, after].map(({ code }) => code)).toEqual([2, 0, 2, 0, 0]);
  expect(started.stdout).toContain('in-sync: 0 heads, verified at ');
  expect(unknown.stdout).toContain(`FAILED: Ccrepl.Input: "Nope" is not a replica: expected one of "${REPLICA.id}"`);
  expect(swept.stdout).toContain('1 replica: 1 in sync.');
  expect(JSON.parse(after.stdout)).toMatchObject({
    goodEnough: true,
    replicas: [{ replica: REPLICA.id, verdict: 'in-sync', mayBeMissing: 'nothing-known', heads: 0 }],
  });
});
