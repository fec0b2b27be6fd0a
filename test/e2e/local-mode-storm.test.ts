import { reportOf } from '../../local/demonstration/report.ts';
import { replicateFrom } from '../../local/demonstration/seeding.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { type StormReport, storm, stormIsWell } from '../../local/storm/storm.ts';
import type { LocalSystem } from '../../local/system.ts';
import { Clone, removeFolders } from '../support/repository.ts';
import { aSystem } from '../support/system.ts';

let system: LocalSystem | undefined;
afterEach(async () => {
  await system?.stop();
  system = undefined;
});
afterAll(removeFolders);

/** The whole of `--storm`, but for the minute. */
async function storms(...pushes: number[]): Promise<{ up: LocalSystem; reports: StormReport[] }> {
  const clone = await Clone.init();
  await clone.commit();
  const up = await aSystem();
  system = up;
  await replicateFrom(up, [REPLICA], clone.directory);
  const reports: StormReport[] = [];
  for (const count of pushes) reports.push(await storm(up, { pushes: count, seconds: 3 }));
  return { up, reports };
}

it('takes a storm of pushes with one task at a time, and ends in sync', async () => {
  const { up, reports } = await storms(40);
  const [report] = reports as [StormReport];
  const { well, document } = await reportOf(up, [REPLICA], report);

  expect(report).toMatchObject({
    pushes: 40,
    refused: 0,
    triggers: 40,
    mostTasksAtOnce: 1,
    verdict: 'in-sync',
    heads: 11,
    alerts: 0,
  });
  // One for each push; and one more after so many rounds.
  expect(report.executions).toBeGreaterThanOrEqual(40);
  expect(report.coalesced).toBeGreaterThan(0);
  expect(report.tasks).toBeLessThan(40);
  expect(report.secondsToVerified).not.toBeNull();
  expect(up.region('ap-northeast-1').received.pushes).toBe(41);
  expect(well).toBe(true);
  expect(document).toMatchObject({ verdict: 'in-sync', storm: report });
});

it('goes on with the branches that an earlier storm has left', async () => {
  const { reports } = await storms(3, 12);

  expect(reports.map(({ refused, heads, verdict }) => [refused, heads, verdict])).toEqual([
    [0, 4, 'in-sync'],
    [0, 11, 'in-sync'],
  ]);
});

it('counts pushes that are refused, and then all is not well', async () => {
  const clone = await Clone.init();
  await clone.commit();
  system = await aSystem();
  await replicateFrom(system, [REPLICA], clone.directory);
  system.region('ap-northeast-1').throttle = { every: 3 };

  const report = await storm(system, { pushes: 6, seconds: 1 });

  expect(report.refused).toBeGreaterThan(0);
  expect(report.pushes + report.refused).toBe(6);
  expect(stormIsWell(report)).toBe(false);
});

it.each<[Partial<StormReport>, boolean]>([
  [{}, true],
  [{ verdict: 'behind' }, false],
  [{ mostTasksAtOnce: 2 }, false],
])('calls a storm that came out as %j well: %s', (changes, well) => {
  const report = { verdict: 'in-sync', mostTasksAtOnce: 1, refused: 0, ...changes } as StormReport;

  expect(stormIsWell(report)).toBe(well);
});
