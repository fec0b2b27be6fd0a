import { SFNClient } from '@aws-sdk/client-sfn';
import { startRuns } from '../../functions/on-push/start.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { LocalMachine } from '../../local/stepfunctions/machine.ts';
import { aFunction } from '../support/functions.ts';
import { removeFolders } from '../support/repository.ts';

const REGION = 'ap-northeast-1';
const ACCOUNT = '111122223333';
const HOME = {
  region: REGION,
  account: ACCOUNT,
  stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:ccrepl-replicate`,
};
const SECOND = { ...REPLICA, id: 'second', destination: { region: 'us-east-1', repository: 'Destination' } };
const SETTINGS = { replicas: [REPLICA, SECOND] };

let aws: LocalServer;
let machine: LocalMachine;
let client: SFNClient;
/** StartExecution requests that are answered with an error, by their number from 1. */
let failing: Set<number>;
beforeEach(async () => {
  failing = new Set();
  machine = new LocalMachine({
    arn: HOME.stateMachineArn,
    definition: { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
    integrations: {},
  });
  const serve = gateway({
    regions: [],
    machines: [machine],
    functions: [],
    topic: new LocalTopic('arn:none', () => {}),
    accessKeyIds: ['AKIATEST'],
  });
  let requests = 0;
  aws = await listen(async (request, response) => {
    requests += 1;
    if (!failing.has(requests)) return serve(request, response);
    response.writeHead(400, {
      'Content-Type': 'application/x-amz-json-1.0',
      'x-amzn-ErrorType': 'ExecutionLimitExceeded',
    });
    response.end(JSON.stringify({ __type: 'ExecutionLimitExceeded', message: 'too many executions' }));
  }, 0);
  client = clientOf('AKIATEST');
});
afterEach(async () => {
  client.destroy();
  await aws.close();
});
afterAll(removeFolders);

const clientOf = (accessKeyId: string) =>
  new SFNClient({
    region: REGION,
    endpoint: aws.origin,
    credentials: { accessKeyId, secretAccessKey: 'test' },
    maxAttempts: 1,
  });
const record = (eventId: string, repository = 'Source', account = ACCOUNT, region = REGION) => ({
  awsRegion: region,
  eventId,
  eventSource: 'aws:codecommit',
  eventSourceARN: `arn:aws:codecommit:${region}:${account}:${repository}`,
  codecommit: { references: [{ commit: '1'.repeat(40), ref: 'refs/heads/main' }] },
});
const inputs = () => machine.executions.map(({ input }) => JSON.parse(input).replica as string);

/** Once an execution has ended, its name is taken for good: only then is a second delivery told so. */
const allEnded = () => Promise.all(machine.executions.map(({ ended }) => ended));

it('starts the replicas of each record’s repository, and of no other', async () => {
  const other = { ...REPLICA, id: 'other', source: { region: REGION, repository: 'Other' } };

  const runs = await startRuns(
    { Records: [record('e1'), record('e2', 'Other')] },
    HOME,
    { replicas: [...SETTINGS.replicas, other] },
    client,
  );

  expect(inputs()).toEqual([REPLICA.id, 'second', 'other']);
  expect(runs.started).toEqual(machine.executions.map(({ name }) => name));
});

it('starts one execution for an event that is delivered twice', async () => {
  const first = await startRuns({ Records: [record('e1')] }, HOME, SETTINGS, client);
  await allEnded();
  const second = await startRuns({ Records: [record('e1')] }, HOME, SETTINGS, client);

  expect(second).toEqual({ started: [], duplicates: first.started, ignored: [] });
  expect(machine.executions).toHaveLength(2);
});

it('gives each id and each event a legal name of its own, however long or strange they are', async () => {
  const ids = ['x'.repeat(128), `${'x'.repeat(127)}y`, 'a.b', 'a-b', 'a_b'];
  const events = ['e1', 'e2', '日本 $(id)'.repeat(10)];
  const settings = { replicas: ids.map((id) => ({ ...REPLICA, id })) };

  const runs = await startRuns({ Records: events.map((event) => record(event)) }, HOME, settings, client);

  expect(runs.started).toHaveLength(ids.length * events.length);
  expect(new Set(runs.started).size).toBe(runs.started.length);
  expect(runs.started.filter((name) => !/^[\w-]{1,80}$/.test(name))).toEqual([]);
});

it('runs for the console’s test event as for a push', async () => {
  const test = { ...record('e1'), eventName: 'TriggerEventTest', codecommit: { references: [] } };

  expect((await startRuns({ Records: [test] }, HOME, SETTINGS, client)).started).toHaveLength(2);
});

it.each([
  ['account', record('e', 'Source', '999999999999')],
  ['region', record('e', 'Source', ACCOUNT, 'us-east-1')],
  ['repository', record('e', 'Elsewhere')],
])('starts nothing for a foreign %s, and says which', async (_what, foreign) => {
  const { started, ignored } = await startRuns({ Records: [foreign] }, HOME, SETTINGS, client);
  const [, , , region, account, repository] = foreign.eventSourceARN.split(':');

  expect(started).toEqual([]);
  expect(ignored).toEqual([`${repository} in ${region} of account ${account} is not the source of a replica here`]);
  expect(machine.executions).toEqual([]);
});

it.each([
  ['no ARN', { ...record('e'), eventSourceARN: undefined }],
  ['an ARN with a path', { ...record('e'), eventSourceARN: `arn:aws:codecommit:${REGION}:${ACCOUNT}:a/b` }],
  ['an ARN of two lines', { ...record('e'), eventSourceARN: `arn:aws:codecommit:${REGION}:${ACCOUNT}:Source\n` }],
  ['an empty id', record('')],
  ['an id that is too long', record('x'.repeat(201))],
  ['a list', []],
  ['a number', 7],
])('notes a record with %s on one line, and starts those beside it', async (_what, malformed) => {
  const { started, ignored } = await startRuns({ Records: [malformed, record('e1')] }, HOME, SETTINGS, client);

  expect(started).toHaveLength(2);
  expect(ignored).toEqual([expect.stringMatching(/^a record with an unexpected [ -~]+$/)]);
});

it('throws what a failing StartExecution says, and starts the rest when Lambda delivers the event again', async () => {
  failing.add(2);
  const event = { Records: [record('e1')] };

  await expect(startRuns(event, HOME, SETTINGS, client)).rejects.toMatchObject({ name: 'ExecutionLimitExceeded' });
  await allEnded();
  const again = await startRuns(event, HOME, SETTINGS, client);

  expect(again).toMatchObject({ started: [expect.stringContaining('second-push-')], duplicates: [expect.any(String)] });
  expect(inputs()).toEqual([REPLICA.id, 'second']);
});

it.each([
  ['unknown keys', 'AKIASTRANGER', HOME, 'UnrecognizedClientException'],
  [
    'a state machine that is gone',
    'AKIATEST',
    { ...HOME, stateMachineArn: `${HOME.stateMachineArn}-x` },
    'StateMachineDoesNotExist',
  ],
])('throws for %s', async (_what, key, home, name) => {
  const stranger = clientOf(key);

  await expect(startRuns({ Records: [record('e1')] }, home, SETTINGS, stranger)).rejects.toMatchObject({ name });

  stranger.destroy();
});

describe('the handler', () => {
  async function invoke(event: unknown, account = ACCOUNT) {
    const lines: string[] = [];
    const target = await aFunction({
      folder: 'on-push',
      replicas: SETTINGS.replicas,
      account,
      env: { AWS_ENDPOINT_URL: aws.origin, CCREPL_STATE_MACHINE_ARN: HOME.stateMachineArn },
      onOutput: (line) => lines.push(line),
    });
    const invocation = await target.invoke(event);
    await target.stop();
    return { invocation, lines };
  }

  it('takes the account from its own ARN', async () => {
    const own = await invoke({ Records: [record('e1')] });
    const foreign = await invoke({ Records: [record('e2')] }, '999999999999');

    expect(own.invocation).toMatchObject({ payload: expect.stringContaining(`${REPLICA.id}-push-`) });
    expect(foreign.invocation).toMatchObject({ payload: expect.stringContaining('is not the source of a replica') });
    expect(machine.executions).toHaveLength(2);
  });

  it('fails where StartExecution fails, so that Lambda sends the event again', async () => {
    failing = new Set([1, 2, 3, 4, 5]);

    const { invocation } = await invoke({ Records: [record('e1')] });

    expect(invocation).toMatchObject({ failure: { errorType: 'ExecutionLimitExceeded' } });
  });
});
