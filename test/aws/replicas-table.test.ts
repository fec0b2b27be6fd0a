import type { Caller } from '../../aws/caller.ts';
import { regionOf } from '../../aws/caller.ts';
import { openReplicasTable, REPLICAS_TABLE } from '../../aws/replicas-table.ts';
import { REPLICAS_TABLE as LOCAL_TABLE } from '../../local/dynamodb/replicas-table.ts';
import { Deployment } from '../support/records.ts';

let deployment: Deployment;
beforeEach(async () => {
  deployment = await Deployment.start();
  process.env['AWS_ENDPOINT_URL'] = deployment.env['AWS_ENDPOINT_URL'];
});
afterEach(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await deployment.stop();
});

const caller = (changes: Partial<Caller> = {}): Caller => ({
  region: 'ap-northeast-1',
  load: async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' }),
  signal: new AbortController().signal,
  ...changes,
});

async function using<T>(
  work: (table: Awaited<ReturnType<typeof openReplicasTable>>) => Promise<T>,
  name = REPLICAS_TABLE,
  changes: Partial<Caller> = {},
): Promise<T> {
  const table = await openReplicasTable(name, caller(changes));
  return work(table).finally(() => table.close());
}

it('is called as the deployment calls it', () => {
  expect(REPLICAS_TABLE).toBe(LOCAL_TABLE);
});

it('gives a record as it is, and nothing of attributes that are of another type', async () => {
  await deployment.put({ replica: 'R', verdict: 'in-sync', heads: 3, lagSeconds: '7', holder: ['a'], told: 'behind' });

  expect(await using((table) => table.read('R'))).toEqual({ replica: 'R', verdict: 'in-sync', heads: 3 });
  expect(await using((table) => table.read('other'))).toBeUndefined();
});

it('reads all replicas over many pages, and no notes of sweeps', async () => {
  const lastCause = 'x'.repeat(300_000);
  const ids = Array.from({ length: 12 }, (_, n) => `R${n}`);
  for (const replica of ids) await deployment.put({ replica, lastCause });
  for (const n of [1, 2, 3]) await deployment.put({ replica: `sweep:arn:${n}`, news: ['R1 is behind'], lastCause });

  const records = await using((table) => table.readAll());

  expect(records.map(({ replica }) => replica).sort()).toEqual([...ids].sort());
});

it('says which table is missing, where, and what to check', async () => {
  await expect(using((table) => table.readAll(), 'other-table')).rejects.toMatchObject({
    code: 'missing',
    message: expect.stringMatching(/^there is no table "other-table" in ap-northeast-1: expected .*check --region/),
  });
  await expect(using((table) => table.read('R'), 'other-table')).rejects.toMatchObject({ code: 'missing' });
});

it('says that credentials are refused', async () => {
  const load = async () => ({ accessKeyId: 'AKIASTRANGER', secretAccessKey: 's' });

  await expect(using((table) => table.readAll(), REPLICAS_TABLE, { load })).rejects.toMatchObject({
    code: 'unauthorized',
  });
});

it('says that it was stopped', async () => {
  const signal = AbortSignal.abort(new Error('stopped by SIGINT'));

  await expect(using((table) => table.readAll(), REPLICAS_TABLE, { signal })).rejects.toMatchObject({
    code: 'terminated',
    message: 'stopped by SIGINT',
  });
});

it('takes the region that was given, else that of the SDK’s variable, else that of the AWS CLI’s', () => {
  const both = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };

  expect(regionOf('eu-west-3', both)).toBe('eu-west-3');
  expect(regionOf(undefined, both)).toBe('eu-west-1');
  expect(regionOf(undefined, { ...both, AWS_REGION: '' })).toBe('eu-west-2');
  expect(regionOf(undefined, {})).toBeUndefined();
});
