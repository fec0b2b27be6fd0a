import { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { publishAlert } from '../../functions/alert/publish.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import type { AlertRequest } from '../../replication/contract.ts';
import { aComparison, aDifference } from '../support/comparisons.ts';
import { seed } from '../support/seed.ts';

const TOPIC = 'arn:aws:sns:ap-northeast-1:111122223333:ccrepl-alerts';
const EXECUTION = 'arn:aws:states:ap-northeast-1:111122223333:execution:ccrepl-replicate:run-1';
const home = (topicArn = TOPIC, gitEndpoints = {}) => ({ topicArn, settings: { replicas: [REPLICA] }, gitEndpoints });

let aws: LocalServer;
let topic: LocalTopic;
let client: SNSClient;
beforeEach(async () => {
  topic = new LocalTopic(TOPIC, () => {});
  aws = await listen(gateway({ regions: [], machines: [], functions: [], topic, accessKeyIds: ['AKIATEST'] }), 0);
  client = new SNSClient({
    region: 'ap-northeast-1',
    endpoint: aws.origin,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await aws.close();
});

const diverged = (ref = 'refs/heads/main') => ({ compared: { result: aComparison([aDifference(ref)]) } });
/** The state of an execution whose comparison failed. */
const failed = (name = 'X', cause = 'y') => {
  const failure = { Error: name, Cause: cause };
  return { failure, outcome: failure };
};
const request = (state: Partial<AlertRequest['state']>, changes: Partial<AlertRequest> = {}): AlertRequest => ({
  execution: EXECUTION,
  startedAt: '2026-01-02T03:04:05.000Z',
  input: { replica: REPLICA.id },
  state: { outcome: { Error: 'Ccrepl.Drift', Cause: '…' }, ...state },
  ...changes,
});
const messageOf = async (alert: AlertRequest, at = home()): Promise<string> => {
  await publishAlert(alert, at, client);
  return topic.inbox[0]?.message ?? '';
};

it('publishes a drift with its verdict to filter by, and gives the id that SNS gave', async () => {
  const messageId = await publishAlert(request(diverged()), home(), client);

  expect(topic.inbox).toEqual([
    {
      messageId,
      subject: `ccrepl: ${REPLICA.id} is diverged`,
      message: expect.stringContaining('refs/heads/main was changed at the destination by somebody else'),
      attributes: { replica: REPLICA.id, verdict: 'diverged', severity: 'error' },
    },
  ]);
});

it('names the state machine and the repositories that the commands need', async () => {
  const message = await messageOf(request(diverged()));

  expect(message).toContain(
    '--state-machine-arn arn:aws:states:ap-northeast-1:111122223333:stateMachine:ccrepl-replicate --input',
  );
  expect(message).toContain('git fetch https://git-codecommit.ap-northeast-3.amazonaws.com/v1/repos/Destination ');
  expect(message).toContain('git push https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/Source ');
});

it('names the git endpoints that the deployment has', async () => {
  const endpoints = { 'ap-northeast-3': 'https://vpce.example.com' };

  expect(await messageOf(request(diverged()), home(TOPIC, endpoints))).toContain(
    'git fetch https://vpce.example.com/v1/repos/Destination ',
  );
});

it.each([
  ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com'],
  ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn'],
  ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com'],
])('links to the execution in the console of the partition %s', async (partition, region, origin) => {
  const execution = `arn:${partition}:states:${region}:111122223333:execution:ccrepl-replicate:run-1`;

  expect(await messageOf(request(diverged(), { execution }))).toContain(
    `${origin}/states/home?region=${region}#/v2/executions/details/${execution}\n`,
  );
});

it.each([
  ['no comparison succeeded', {}],
  ['the last comparison failed after an earlier one', diverged()],
])('says unknown, in the subject and to filters, where %s', async (_what, earlier) => {
  await publishAlert(request({ ...earlier, ...failed('Ccrepl.Missing', 'HTTP 404') }), home(), client);

  expect(topic.inbox).toMatchObject([
    { subject: `ccrepl: ${REPLICA.id} could not be checked`, attributes: { verdict: 'unknown', replica: REPLICA.id } },
  ]);
});

it('still tells people about a replica that is no longer configured', async () => {
  await publishAlert(request(failed(), { input: { replica: 'gone' } }), home(), client);

  expect(topic.inbox).toMatchObject([
    { subject: 'ccrepl: gone could not be checked', attributes: { replica: 'gone' } },
  ]);
});

it.each([{ replica: '' }, { replica: [] }, { replica: { toString: 1 } }, {}, null])(
  'gives every attribute a value, without which SNS takes none, for the input %j',
  async (input) => {
    await publishAlert(request(failed(), { input }), home(), client);

    expect(Object.values(topic.inbox[0]?.attributes ?? { none: '' })).not.toContain('');
  },
);

it('carries names of every script to the reader as they are', async () => {
  expect(await messageOf(request(diverged('refs/heads/größe-日本-😀&<x>+%41')))).toContain(
    '- refs/heads/größe-日本-😀&<x>+%41 was changed',
  );
});

it.each([0, 1])('is sent wherever a text of two-unit characters is cut (offset %d)', async (offset) => {
  const long = `${'x'.repeat(offset)}${'😀'.repeat(10_000)}`;

  await publishAlert(request(failed('X', long), { input: { replica: long } }), home(), client);
  await publishAlert(request(diverged(`refs/heads/${long.slice(0, 990 + offset)}`)), home(), client);
  await publishAlert(request(diverged(`refs/heads/${long}`)), home(), client);

  expect(topic.inbox).toHaveLength(3);
});

it('is sent for any input, name, error and cause, one line each, with nothing that could harm a terminal', async () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 700 });
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), anyText, anyText, async (input, error, cause) => {
      topic.inbox.length = 0;

      await publishAlert(request({ ...diverged(), ...failed(error, cause) }, { input }), home(), client);
      await publishAlert(request(failed(error, cause), { input: { replica: input } }), home(), client);

      const [withHeads, without] = topic.inbox;
      expect(withHeads?.message.split('\n').length).toBeLessThanOrEqual(24);
      expect(without?.message.split('\n').length).toBeLessThanOrEqual(14);
      for (const { subject, message } of topic.inbox) {
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(message.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|\p{Bidi_Control}/u);
      }
    }),
    { seed, numRuns: 50 },
  );
});

it('fails where SNS refuses, so that the state machine falls back to its plain alert', async () => {
  await expect(publishAlert(request(diverged()), home(`${TOPIC}-gone`), client)).rejects.toMatchObject({
    message: expect.stringContaining('there is no topic'),
  });
  expect(topic.inbox).toEqual([]);
});
