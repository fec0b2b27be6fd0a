import { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { publishAlert } from '../../functions/alert/publish.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import type { AlertRequest, DigestNews, ReplicaNews, Run, SweepNews } from '../../replication/contract.ts';
import type { Verdict } from '../../replication/verdict.ts';
import { aComparison, aDifference } from '../support/comparisons.ts';
import { seed } from '../support/seed.ts';

const TOPIC = 'arn:aws:sns:ap-northeast-1:111122223333:ccrepl-alerts';
const EXECUTION = 'arn:aws:states:ap-northeast-1:111122223333:execution:ccrepl-replicate:run-1';
const SINCE = '2026-01-02T03:01:05.000Z';
const STARTED = '2026-01-02T03:04:05.000Z';
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
const failed = (error = 'X', cause = 'y'): Partial<ReplicaNews['state']> => ({
  outcome: { verdict: 'unknown', kind: 'unknown', at: SINCE, seenAt: STARTED, Error: error, Cause: cause },
});
const RUN: Run = { replica: REPLICA.id, remindBefore: '2026-01-01T03:04:05.000Z', expiresAt: '1767927845' };
const request = (state: Partial<ReplicaNews['state']>, changes: Partial<ReplicaNews> = {}): ReplicaNews => ({
  execution: EXECUTION,
  startedAt: STARTED,
  state: {
    run: RUN,
    rounds: { number: 1 },
    lease: { wantedSince: SINCE },
    outcome: {
      verdict: state.compared?.result.verdict ?? 'unknown',
      kind: state.compared?.result.kind ?? 'unknown',
      at: SINCE,
      seenAt: state.compared?.result.comparedAt ?? STARTED,
      Error: 'Ccrepl.Drift',
      Cause: 'The replica …',
    },
    ...state,
  },
  ...changes,
});
const aNews = (replica: string, verdict: Verdict, kind: string = verdict): DigestNews => ({ replica, verdict, kind });
const sweep = (news: DigestNews[]): SweepNews => ({
  execution: 'arn:aws:states:ap-northeast-1:111122223333:execution:ccrepl-sweep:sweep-1',
  startedAt: STARTED,
  digest: { news, replicas: 20 },
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
  await publishAlert(request({ ...failed(), run: { ...RUN, replica: 'gone' } }), home(), client);

  expect(topic.inbox).toMatchObject([
    { subject: 'ccrepl: gone could not be checked', attributes: { replica: 'gone' } },
  ]);
});

it.each<[string, AlertRequest, Record<string, string>]>([
  [
    'a mass change that waits for a person',
    request({
      compared: { result: { ...diverged().compared.result, verdict: 'refused', kind: 'refused:mass-change' } },
    }),
    { replica: REPLICA.id, verdict: 'refused', severity: 'critical' },
  ],
  [
    'a mass change beside other trouble',
    request({ compared: { result: { ...diverged().compared.result, kind: 'diverged:diverged,mass-change' } } }),
    { replica: REPLICA.id, verdict: 'diverged', severity: 'critical' },
  ],
  [
    'a mass change that a person has confirmed, of which nothing is held back',
    request({
      compared: {
        result: {
          ...diverged().compared.result,
          massChange: { fingerprint: '0123456789abcdef', deletes: 9, rewrites: 9, of: 9, confirmed: true },
        },
      },
    }),
    { replica: REPLICA.id, verdict: 'diverged', severity: 'error' },
  ],
  [
    'a replica that is well again',
    request({
      compared: { result: aComparison([], 1) },
      outcome: { verdict: 'in-sync', kind: 'in-sync', at: SINCE, seenAt: SINCE },
    }),
    { replica: REPLICA.id, verdict: 'in-sync', severity: 'info' },
  ],
  [
    'many replicas',
    sweep([aNews('a', 'behind'), aNews('b', 'refused', 'refused:source-empty')]),
    { verdict: 'refused', severity: 'error' },
  ],
  [
    'many replicas, one with a mass change',
    sweep([aNews('a', 'refused', 'refused:mass-change'), aNews('b', 'diverged', 'diverged:diverged')]),
    { verdict: 'diverged', severity: 'critical' },
  ],
  [
    'many that are well again',
    sweep([aNews('a', 'in-sync'), aNews('b', 'in-sync')]),
    { verdict: 'in-sync', severity: 'info' },
  ],
  ['news that say nothing', sweep([]), { verdict: 'unknown', severity: 'error' }],
])('gives subscriptions to filter by, of %s, none of them empty', async (_what, alert, attributes) => {
  await publishAlert(alert, home(), client);

  expect(topic.inbox).toMatchObject([{ attributes }]);
  expect(Object.keys(topic.inbox[0]?.attributes ?? {})).toEqual(Object.keys(attributes));
});

it('names the sweep, and its state machine, in news of many replicas', async () => {
  const message = await messageOf(sweep([aNews('a', 'behind')]));

  expect(message).toContain(
    '/states/home?region=ap-northeast-1#/v2/executions/details/arn:aws:states:ap-northeast-1:111122223333:execution:ccrepl-sweep:sweep-1\n',
  );
  expect(message).toContain(
    "--state-machine-arn arn:aws:states:ap-northeast-1:111122223333:stateMachine:ccrepl-sweep --input '{}'",
  );
});

it('carries names of every script to the reader as they are', async () => {
  expect(await messageOf(request(diverged('refs/heads/größe-日本-😀&<x>+%41')))).toContain(
    '- refs/heads/größe-日本-😀&<x>+%41 was changed',
  );
});

it.each([0, 1])('is sent wherever a text of two-unit characters is cut (offset %d)', async (offset) => {
  const long = `${'x'.repeat(offset)}${'😀'.repeat(10_000)}`;

  await publishAlert(request(failed(long, long)), home(), client);
  await publishAlert(request(diverged(`refs/heads/${long.slice(0, 990 + offset)}`)), home(), client);
  await publishAlert(request(diverged(`refs/heads/${long}`)), home(), client);

  expect(topic.inbox).toHaveLength(3);
});

it('is sent for any name, error, cause and record, one line each, with nothing that could harm a terminal', async () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 700 });
  await fc.assert(
    fc.asyncProperty(anyText, anyText, anyText, async (error, cause, text) => {
      topic.inbox.length = 0;
      const tries = { round: 1, task: { Error: error, Cause: cause } };
      const S = text;
      const recorded = {
        Attributes: { told: { S }, toldKind: { S }, toldAt: { S }, driftedSince: { S }, verifiedAt: { S } },
      };
      const sameVerdict = { Attributes: { ...recorded.Attributes, told: { S: 'diverged' } } };
      const well = { verdict: 'in-sync', kind: 'in-sync', at: text, seenAt: text } as const;

      await publishAlert(request({ ...diverged(), tries, recorded }), home(), client);
      await publishAlert(request({ ...failed(error, cause), tries, recorded }), home(), client);
      await publishAlert(request({ outcome: well, recorded }), home(), client);
      await publishAlert(sweep([aNews(text, 'unknown', text), aNews(`${text}2`, 'behind')]), home(), client);
      await publishAlert(request({ ...diverged(), tries, recorded: sameVerdict }), home(), client);

      const lengths = topic.inbox.map(({ message }) => message.split('\n').length);
      expect(lengths).toEqual([26, 18, 11, 16, 27]);
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
