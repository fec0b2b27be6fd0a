import fc from 'fast-check';
import { REPLICA } from '../../local/demonstration.ts';
import { PushTarget, pushRecord, repositoryArn } from '../support/push-target.ts';
import { seed } from '../support/seed.ts';

const SETTINGS = { replicas: [REPLICA, { ...REPLICA, id: 'second' }] };

let target: PushTarget;
beforeEach(async () => {
  target = await PushTarget.start();
});
afterEach(() => target.stop());

const handle = (event: unknown) => target.handle(event, SETTINGS);

it.each([
  ['account', { account: '999999999999' }],
  ['region', { region: 'us-east-1' }],
  ['repository', { repository: 'Elsewhere' }],
  ['repository of the same letters in another case', { repository: 'source' }],
])('starts nothing for a foreign %s, and says which', async (_what, foreign) => {
  const eventSourceARN = repositoryArn(foreign);

  const runs = await handle({ Records: [pushRecord('e1', { eventSourceARN })] });

  const [, , , region, account, repository] = eventSourceARN.split(':');
  const reason = `${repository} in ${region} of account ${account} is not the source of a replica here`;
  expect(runs).toEqual({ started: [], duplicates: [], failed: [], ignored: { records: 1, reasons: [reason] } });
  expect(target.requests).toEqual([]);
});

it.each([
  ['another service', 'eventSource', { eventSource: 'aws:s3' }],
  ['no service', 'eventSource', { eventSource: undefined }],
  ['no ARN', 'eventSourceARN', { eventSourceARN: undefined }],
  ['an ARN with a path', 'eventSourceARN', { eventSourceARN: repositoryArn({ repository: '../Source' }) }],
  ['an ARN of two lines', 'eventSourceARN', { eventSourceARN: `${repositoryArn({})}\n` }],
  ['a short account', 'eventSourceARN', { eventSourceARN: repositoryArn({ account: '1' }) }],
  ['no id', 'eventId', { eventId: undefined }],
  ['an empty id', 'eventId', { eventId: '' }],
  ['an id that is too long', 'eventId', { eventId: 'x'.repeat(201) }],
])('ignores a record with %s, names %s, and starts those beside it', async (_what, field, changes) => {
  const { started, ignored } = await handle({ Records: [pushRecord('e0', changes), pushRecord('e1')] });

  expect(started).toHaveLength(2);
  expect(ignored).toEqual({ records: 1, reasons: [`a record with an unexpected ${field}`] });
});

it('ignores what is no record at all, and starts those beside it', async () => {
  const { started, ignored } = await handle({ Records: [null, 7, 'text', [], pushRecord('e1')] });

  expect(started).toHaveLength(2);
  expect(ignored).toEqual({ records: 4, reasons: ['a record with an unexpected shape'] });
});

it.each([null, 7, 'text', '{"Records":[]}', [], {}, { Records: 'x' }, { Records: [] }, { Records: { 0: {} } }])(
  'ignores the event %j without an error',
  async (event) => {
    expect(await handle(event)).toMatchObject({
      started: [],
      failed: [],
      ignored: { records: 1, reasons: ['not an event of a CodeCommit trigger: expected {"Records":[…]}'] },
    });
  },
);

it('counts all that it ignores, and tells a few reasons', async () => {
  const foreign = Array.from({ length: 5_000 }, (_, n) =>
    pushRecord(`e${n}`, { eventSourceARN: repositoryArn({ repository: `r${n}` }) }),
  );

  const { ignored } = await handle({ Records: [...foreign, pushRecord('e1')] });

  expect(ignored.records).toBe(5_000);
  expect(ignored.reasons).toHaveLength(5);
});

it('reads a record that is nested deeper than a stack', async () => {
  const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);

  const runs = await handle({ Records: [pushRecord('e1', { eventTime: deep, codecommit: deep }), deep] });

  expect(runs.started).toHaveLength(2);
  expect(runs.ignored.records).toBe(1);
});

it('answers any JSON in a few harmless words, and asks for none but configured replicas, each once', async () => {
  target.refusals.set('second', Array(10_000).fill('ExecutionLimitExceeded'));
  const fields = Object.keys(pushRecord('e1'));
  const almost = fc
    .tuple(fc.uuid(), fc.dictionary(fc.constantFrom(...fields), fc.jsonValue(), { maxKeys: 2 }))
    .map(([eventId, changes]) => pushRecord(eventId, changes));
  const event = fc.oneof(
    fc.jsonValue(),
    fc.record({ Records: fc.jsonValue() }),
    fc.record({ Records: fc.array(fc.oneof(fc.jsonValue(), almost)) }),
  );
  let started = 0;

  await fc.assert(
    fc.asyncProperty(event, async (given) => {
      target.requests.length = 0;

      const runs = await handle(given);

      const asked = target.requests.map(({ input }) => input).sort();
      expect([[], [`{"replica":"${REPLICA.id}"}`, '{"replica":"second"}']]).toContainEqual(asked);
      expect(runs.started.length).toBe(asked.length / 2);
      expect(runs.failed.map(({ replica }) => replica)).toEqual(asked.length > 0 ? ['second'] : []);
      expect(runs.ignored.reasons.length).toBeLessThanOrEqual(5);
      for (const reason of runs.ignored.reasons) expect(reason).toMatch(/^[ -~…]{1,201}$/);
      started += runs.started.length;
    }),
    { seed, numRuns: 200 },
  );

  expect(started).toBeGreaterThan(0);
});
