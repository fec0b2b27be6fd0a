import { REPLICA } from '../../local/demonstration.ts';
import { LocalSystem } from '../../local/system.ts';
import { aFolder, Clone, refsOf, removeFolders } from '../support/repository.ts';
import { theBundle } from '../support/system.ts';
import { TwoRegions } from '../support/two-regions.ts';

let system: LocalSystem;
afterEach(() => system.stop());
afterAll(removeFolders);

it('backs a repository of another git host up into CodeCommit, through the whole workflow', async () => {
  const host = await TwoRegions.start('git');
  const clone = await Clone.init();
  await clone.commit();
  await clone.push(host.sourceUrl, 'main', 'main:refs/tags/v1');
  const secret = 'arn:aws:secretsmanager:ap-northeast-3:111122223333:secret:git-host-AbCdEf';
  system = await LocalSystem.start({
    replicas: [{ ...REPLICA, source: { url: host.sourceUrl.replace('test:test@', ''), secret } }],
    directory: await aFolder(),
    bundle: await theBundle(),
    firstPort: 0,
    pauseMs: 0,
    secrets: { [secret]: '{"username":"test","password":"test"}' },
  });

  await system.startExecution({ replica: REPLICA.id });
  await system.idle();
  const [execution] = system.machine.executions;
  const path = system.region('ap-northeast-3').store.path('Destination');

  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(await refsOf(path)).toBe(await refsOf(host.sourcePath));
  expect(JSON.stringify(execution)).not.toContain('password');
  await host.stop();
});

it('carries out a mass change that a person confirms in the input of an execution', async () => {
  system = await LocalSystem.start({
    replicas: [REPLICA],
    directory: await aFolder(),
    bundle: await theBundle(),
    firstPort: 0,
    pauseMs: 0,
  });
  const url = system.region('ap-northeast-1').cloneUrl('Source').replace('://', '://local:local@');
  const clone = await Clone.init();
  await clone.commit();
  const names = Array.from({ length: 20 }, (_, n) => `b${n}`);
  for (const name of names) await clone.git('branch', name);
  await clone.push(url, 'main');
  await clone.push(url, '--all');
  await system.idle();
  await clone.push(url, ...names.slice(0, 12).map((name) => `:${name}`));
  await system.idle();
  const [alert] = system.topic.inbox;
  const fingerprint = /"confirm":"([0-9a-f]{16})"/.exec(alert?.message ?? '')?.[1];

  await system.startExecution({ replica: REPLICA.id, confirm: fingerprint as string });
  await system.idle();
  const path = (region: string, name: string) => system.region(region).store.path(name);

  expect(system.topic.inbox.map(({ attributes }) => attributes['verdict'])).toEqual(['refused', 'in-sync']);
  expect(alert?.attributes).toMatchObject({ severity: 'critical', verdict: 'refused' });
  expect(system.machine.executions.at(-1)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await refsOf(path('ap-northeast-3', 'Destination'))).toBe(await refsOf(path('ap-northeast-1', 'Source')));
});
