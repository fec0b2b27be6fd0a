import http from 'node:http';
import { CodeCommitClient, ListRepositoriesCommand } from '@aws-sdk/client-codecommit';
import { basicHeader } from '../../git/credentials.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { Region } from '../../local/codecommit/region.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import type { Execution } from '../../local/stepfunctions/machine.ts';
import { throttleExecutions } from '../../local/throttle-executions.ts';
import { aFolder, Clone, refsOf, removeFolders } from '../support/repository.ts';
import { collect } from '../support/stream.ts';

const NAME = 'ap-northeast-1';
const BODY = '<ThrottlingException>\n  <Message>Rate exceeded</Message>\n</ThrottlingException>\n';
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const developer = {
  arn: 'arn:aws:iam::111122223333:user/dev',
  credentials,
  gitCredentials: { username: 'dev', password: 'pw' },
  may: () => true,
};

let region: Region;
let aws: LocalServer;
const clients: CodeCommitClient[] = [];
beforeEach(async () => {
  region = new Region({ name: NAME, account: '111122223333', directory: await aFolder(), principals: [developer] });
  await region.start();
  await region.store.create('R');
  region.record('R');
  const topic = new LocalTopic(`arn:aws:sns:${NAME}:111122223333:t`, () => {});
  aws = await listen(
    gateway({ regions: [region], machines: [], functions: [], topic, accessKeyIds: [credentials.accessKeyId] }),
    0,
  );
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await aws.close();
  await region.stop();
});
afterAll(removeFolders);

const url = () => region.cloneUrl('R').replace('://', '://dev:pw@');

/** Status, type and body of one request for refs. */
async function askGit(): Promise<{ status: number; type: string | null; body: string }> {
  const headers = { Authorization: basicHeader('dev', 'pw') };
  const answer = await fetch(`${region.cloneUrl('R')}/info/refs?service=git-upload-pack`, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
}

const askApi = (endpoint = region.origin) => {
  const client = new CodeCommitClient({ region: NAME, endpoint, credentials });
  clients.push(client);
  return client.send(new ListRepositoriesCommand({}));
};

const statusesOf = async (count: number): Promise<number[]> => {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) statuses.push((await askGit()).status);
  return statuses;
};

it('throttles the next git requests that it is told to, with 429 and XML, and then none', async () => {
  region.throttle = { git: 2 };

  const first = await askGit();

  expect(first).toEqual({ status: 429, type: 'text/xml', body: BODY });
  expect(await statusesOf(3)).toEqual([429, 200, 200]);
  expect(region.throttle).toEqual({ git: 0 });
});

it('throttles git requests and API requests apart', async () => {
  region.throttle = { api: 1 };

  expect(await statusesOf(2)).toEqual([200, 200]);
  await expect(askApi()).rejects.toThrow();
  expect((await askApi()).repositories).toHaveLength(1);
});

it('throttles every so manieth request, of git and the API together', async () => {
  region.throttle = { every: 3 };

  expect(await statusesOf(5)).toEqual([200, 200, 429, 200, 200]);
  await expect(askApi()).rejects.toThrow();
  expect(await statusesOf(3)).toEqual([200, 200, 429]);
});

it('may be told so from its start', async () => {
  const other = new Region({
    name: NAME,
    account: '1',
    directory: await aFolder(),
    principals: [],
    throttle: { api: 7 },
    pushFault: { kind: 'cut-after-bytes', bytes: 1 },
  });

  expect([other.throttle, other.pushFault]).toEqual([{ api: 7 }, { kind: 'cut-after-bytes', bytes: 1 }]);
});

it.each<[string, () => string]>([
  ['the region’s own port', () => region.origin],
  ['the one AWS endpoint', () => aws.origin],
])(
  'throttles the API on %s as the SDK meets it on AWS: a syntax error at 400, which it does not try again',
  async (_, endpoint) => {
    region.throttle = { api: 1 };

    const error = await askApi(endpoint()).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ name: 'SyntaxError', $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect((await askApi(endpoint())).repositories).toHaveLength(1);
  },
);

it('answers a throttled API request with the XML that was seen, byte by byte', async () => {
  region.throttle = { api: 1 };

  const answer = await fetch(region.origin, {
    method: 'POST',
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/${NAME}/codecommit/aws4_request, Signature=0`,
      'X-Amz-Target': 'CodeCommit_20150413.ListRepositories',
    },
    body: '{}',
  });

  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([400, 'text/xml', BODY]);
  expect(BODY).toHaveLength(80);
});

it('fails stock git, which does not try again, and takes nothing of a push', async () => {
  const clone = await Clone.init();
  await clone.commit();
  region.throttle = { git: 1 };

  await expect(clone.push(url(), 'main')).rejects.toThrow('429');
  expect(await refsOf(region.store.path('R'))).toBe('');
  await clone.push(url(), 'main');
});

it('reads a throttled push away, so that its connection serves the next request', async () => {
  region.throttle = { git: 1 };
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const send = async (method: string, path: string, body: Buffer) => {
    const request = http.request(`${region.cloneUrl('R')}/${path}`, {
      method,
      agent,
      headers: { Authorization: basicHeader('dev', 'pw') },
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    request.end(body);
    const response = await answered;
    await collect(response);
    return response.statusCode;
  };

  const push = await send('POST', 'git-receive-pack', Buffer.alloc(3_000_000));
  const next = await send('GET', 'info/refs?service=git-receive-pack', Buffer.alloc(0));
  agent.destroy();

  expect([push, next]).toEqual([429, 200]);
});

it('asks a stranger for a login before it throttles', async () => {
  region.throttle = { git: 1 };

  const answer = await fetch(`${region.cloneUrl('R')}/info/refs?service=git-upload-pack`);

  expect(answer.status).toBe(401);
  expect(region.throttle).toEqual({ git: 1 });
});

it('throttles, in the local mode, only while an execution runs', async () => {
  const shown: string[] = [];
  const system = { regions: new Map([[NAME, region]]) } as Parameters<
    typeof throttleExecutions
  >[2] extends () => infer S
    ? S
    : never;
  const events = throttleExecutions({ onState: (_, state) => shown.push(state) }, 2, () => system);
  const execution = (arn: string) => ({ arn }) as Execution;

  const before = region.throttle;
  events.onState?.(execution('a'), 'Compare');
  events.onState?.(execution('b'), 'Compare');
  const during = await statusesOf(3);
  events.onEnd?.(execution('a'));
  const stillOne = await statusesOf(1);
  events.onEnd?.(execution('b'));

  expect(before).toBeUndefined();
  expect([during, stillOne]).toEqual([[200, 429, 200], [429]]);
  expect(region.throttle).toBeUndefined();
  expect(shown).toEqual(['Compare', 'Compare']);
});
