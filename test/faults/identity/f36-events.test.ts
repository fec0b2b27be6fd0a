import { REPLICA } from '../../../local/demonstration.ts';
import type { LocalFunction } from '../../../local/lambda/functions.ts';
import { aFunction, outcomeOf, Written } from '../../support/functions.ts';
import { ACCOUNT, HOME, PushTarget, pushRecord, REGION, repositoryArn } from '../../support/push-target.ts';
import { removeFolders } from '../../support/repository.ts';

let target: PushTarget;
let written: Written;
let onPush: LocalFunction;
let lines = 0;
beforeAll(async () => {
  target = await PushTarget.start();
  written = new Written();
  onPush = await aFunction({
    folder: 'on-push',
    replicas: [REPLICA],
    account: ACCOUNT,
    env: { AWS_ENDPOINT_URL: target.origin, CCREPL_STATE_MACHINE_ARN: HOME.stateMachineArn },
    onOutput: written.onOutput,
  });
});
beforeEach(() => {
  target.requests.length = 0;
});
afterAll(async () => {
  await onPush.stop();
  await target.stop();
  await removeFolders();
});

/** What the real function answers to an event, and all that it has written of it. */
async function deliver(event: unknown) {
  const outcome = outcomeOf(await onPush.invoke(event));
  lines += 2;
  const records = await written.records(lines);
  expect(records).toHaveLength(lines);
  const [log, metrics] = records.slice(-2) as [Record<string, unknown>, Record<string, unknown>];
  return { outcome, log, metrics };
}

const from = (foreign: Parameters<typeof repositoryArn>[0]) => ({
  Records: [pushRecord('e1', { eventSourceARN: repositoryArn(foreign) })],
});

it.each<[string, unknown, string]>([
  ['of a foreign account', from({ account: '999999999999' }), 'of account 999999999999'],
  ['of a foreign region', from({ region: 'us-east-1' }), 'in us-east-1'],
  ['of a repository that is no source here', from({ repository: 'Elsewhere' }), 'Elsewhere in'],
  ['of another service', { Records: [pushRecord('e1', { eventSource: 'aws:s3' })] }, 'eventSource'],
  ['without an ARN', { Records: [pushRecord('e1', { eventSourceARN: undefined })] }, 'eventSourceARN'],
  ['whose ARN is a path', from({ repository: '../Source' }), 'eventSourceARN'],
  ['of records that are none', { Records: [null, '$(id)', []] }, 'an unexpected shape'],
  ['of a record that has nothing that it should', { Records: [{ '\u202e\n': 1 }] }, 'eventSource'],
  ['that is text', '{"Records":[', 'not an event of a CodeCommit trigger'],
  ['that is nothing', null, 'not an event of a CodeCommit trigger'],
  ['of EventBridge', { source: 'aws.codecommit', detail: { event: 'referenceUpdated' } }, 'not an event'],
])(
  'F36: an event %s starts nothing, is counted, leaves one line, and is no error that Lambda would try again',
  async (_what, event, why) => {
    const { outcome, log, metrics } = await deliver(event);

    expect(target.requests).toEqual([]);
    expect(outcome).toMatchObject({ started: [], failed: [], ignored: { reasons: [expect.stringContaining(why)] } });
    expect(log).toMatchObject({ level: 'warn', message: 'push', ignored: outcome.ignored.records });
    expect(metrics).toMatchObject({ ExecutionsStarted: 0, PushesIgnored: outcome.ignored.records });
  },
);

it('F36: an event of 3,000 foreign records is counted, and still one short line', async () => {
  const before = written.text.length;

  const { metrics } = await deliver({ Records: Array(3_000).fill(from({ region: 'us-east-1' }).Records[0]) });

  expect(target.requests).toEqual([]);
  expect(metrics).toMatchObject({ PushesIgnored: 3_000 });
  expect(written.text.length - before).toBeLessThan(1000);
});

it.each<[string, Record<string, unknown>]>([
  ['the console’s test of the trigger', { eventName: 'TriggerEventTest', customData: 'test' }],
  ['custom data like a command', { customData: '{"replica":"$(id)","confirm":"x"}' }],
  ['custom data of a megabyte', { customData: 'x'.repeat(1 << 20) }],
])(
  'F36: %s only says "look now": the configured replica is looked at, and nothing of it goes further',
  async (what, changes) => {
    const { outcome, log, metrics } = await deliver({ Records: [pushRecord(what, changes)] });

    expect(target.requests).toEqual([{ name: expect.any(String), input: JSON.stringify({ replica: REPLICA.id }) }]);
    expect(outcome).toMatchObject({ started: [expect.any(String)], ignored: { records: 0 } });
    expect(JSON.stringify([outcome, log])).not.toContain(String(changes['customData']).slice(0, 20));
    expect(metrics).toMatchObject({ ExecutionsStarted: 1, PushesIgnored: 0 });
  },
);

it('F36: a foreign record keeps none beside it', async () => {
  const beside = pushRecord('e2');

  const { outcome, metrics } = await deliver({ Records: [...from({ region: 'us-east-1' }).Records, beside] });

  expect(outcome).toMatchObject({ started: [expect.any(String)], ignored: { records: 1 } });
  expect(metrics).toMatchObject({ ExecutionsStarted: 1, PushesIgnored: 1 });
  expect(REGION).not.toBe('us-east-1');
});
