import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { startRuns } from '../../functions/on-push/start.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { LocalFunction } from '../../local/lambda/functions.ts';
import type { LocalSystem } from '../../local/system.ts';
import { aFolder, Clone, removeFolders } from '../support/repository.ts';
import { aSystem } from '../support/system.ts';
import { TwoRegions } from '../support/two-regions.ts';

afterAll(removeFolders);

describe('on-push', () => {
  const HOME = {
    region: 'ap-northeast-1',
    account: '111122223333',
    stateMachineArn: 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:ccrepl-replicate',
  };
  const SETTINGS = { replicas: [REPLICA, { ...REPLICA, id: 'second' }] };
  let server: LocalServer;
  let client: SFNClient;
  let requests: { name: string; input: string; stateMachineArn: string }[];
  let failing: string | undefined;
  beforeEach(async () => {
    requests = [];
    failing = undefined;
    server = await listen(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const sent = JSON.parse(body);
      const known = requests.some(({ name }) => name === sent.name);
      requests.push(sent);
      const error = failing ?? (known ? 'ExecutionAlreadyExists' : undefined);
      response.writeHead(error === undefined ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end(
        JSON.stringify(error === undefined ? { executionArn: 'arn', startDate: 1 } : { __type: error, message: error }),
      );
    }, 0);
    client = new SFNClient({
      region: 'ap-northeast-1',
      endpoint: server.origin,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  const record = (changes: object = {}) => ({
    eventId: 'event-1',
    eventSource: 'aws:codecommit',
    eventSourceARN: 'arn:aws:codecommit:ap-northeast-1:111122223333:Source',
    eventName: 'ReferenceChanges',
    customData: null,
    codecommit: { references: [{ commit: 'x', ref: 'refs/heads/main' }] },
    ...changes,
  });
  const handle = (...records: unknown[]) => startRuns({ Records: records }, HOME, SETTINGS, client);

  it('starts one execution for each replica of the repository, with the replica alone as input', async () => {
    const runs = await handle(record());

    expect(runs).toMatchObject({ duplicates: [], ignored: [] });
    expect(requests.map(({ input }) => JSON.parse(input))).toEqual([{ replica: REPLICA.id }, { replica: 'second' }]);
    for (const { name } of requests) expect(name).toMatch(/^[\w-]{1,80}$/);
  });

  it('starts nothing twice for the same event, and something for the next push', async () => {
    await handle(record());
    const again = await handle(record());
    const next = await handle(record({ eventId: 'event-2' }));

    expect(again).toMatchObject({ started: [], duplicates: [expect.any(String), expect.any(String)] });
    expect(next.started).toHaveLength(2);
  });

  it('runs for the console’s test event, several records and any custom data', async () => {
    const runs = await handle(
      record({ eventName: 'TriggerEventTest', customData: '{"$(id)":1}' }),
      record({ eventId: 'e2', customData: undefined }),
    );

    expect(runs.started).toHaveLength(4);
  });

  it.each([
    ['another account', record({ eventSourceARN: 'arn:aws:codecommit:ap-northeast-1:999999999999:Source' })],
    ['another region', record({ eventSourceARN: 'arn:aws:codecommit:us-east-1:111122223333:Source' })],
    ['another repository', record({ eventSourceARN: 'arn:aws:codecommit:ap-northeast-1:111122223333:Other' })],
    ['another service', record({ eventSource: 'aws:s3' })],
    ['a hostile ARN', record({ eventSourceARN: 'arn:aws:codecommit:ap-northeast-1:111122223333:../x' })],
    ['no id', record({ eventId: undefined })],
    ['no record', null],
  ])('ignores %s, says so, and still runs for the others', async (_what, foreign) => {
    const runs = await handle(foreign, record());

    expect(runs.ignored).toHaveLength(1);
    expect(runs.started).toHaveLength(2);
  });

  it.each([null, 'text', {}, { Records: 'x' }, { Records: [] }])(
    'ignores the event %j without an error',
    async (event) => {
      expect(await startRuns(event, HOME, SETTINGS, client)).toMatchObject({
        started: [],
        ignored: [expect.stringContaining('not an event')],
      });
    },
  );

  it('lets a failing start be retried by Lambda', async () => {
    failing = 'StateMachineDoesNotExist';

    await expect(handle(record())).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });
});

describe('compare-heads', () => {
  let two: TwoRegions;
  let clone: Clone;
  beforeEach(async () => {
    two = await TwoRegions.start('codecommit');
    clone = await Clone.init();
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');
  });
  afterEach(async () => {
    await two.stop();
  });

  async function invoke(event: unknown, env: Record<string, string> = {}, settings: object = { replicas: [REPLICA] }) {
    const file = join(await aFolder(), 'replication.json');
    await writeFile(file, JSON.stringify(settings));
    const target = new LocalFunction({
      arn: 'arn:aws:lambda:ap-northeast-1:111122223333:function:compare-heads',
      folder: 'compare-heads',
      env: {
        AWS_REGION: 'ap-northeast-1',
        AWS_ACCESS_KEY_ID: 'AKIATEST',
        AWS_SECRET_ACCESS_KEY: 'test-secret',
        AWS_ENDPOINT_URL: two.source.origin,
        CCREPL_GIT_ENDPOINTS: JSON.stringify({
          'ap-northeast-1': two.source.origin,
          'ap-northeast-3': two.destination.origin,
        }),
        CCREPL_SETTINGS: file,
        ...env,
      },
      onOutput: () => {},
    });
    const invocation = await target.invoke(event);
    await target.stop();
    return 'payload' in invocation ? JSON.parse(invocation.payload) : invocation.failure;
  }

  it('sees what is behind, what is in sync and what has diverged', async () => {
    const behind = await invoke({ replica: REPLICA.id });
    await two.relay();
    const inSync = await invoke({ replica: REPLICA.id });
    await clone.commit();
    await clone.push(two.destinationUrl, 'main');
    const diverged = await invoke({ replica: REPLICA.id });

    expect(behind).toMatchObject({
      verdict: 'behind',
      replicable: true,
      counts: { create: 1 },
      differences: [{ ref: 'refs/heads/main', found: null, action: 'create' }],
    });
    expect(JSON.parse(behind.task)).toMatchObject({ id: REPLICA.id });
    expect(inSync).toMatchObject({ verdict: 'in-sync', replicable: false, differences: [] });
    expect(diverged).toMatchObject({ verdict: 'diverged', replicable: false, differences: [{ reason: 'diverged' }] });
  });

  it.each([
    [{ replica: 'x' }, {}, 'Ccrepl.Input', 'expected one of "Source--ap-northeast-3"'],
    [{}, {}, 'Ccrepl.Input', '"replica" is missing'],
    [{ replica: REPLICA.id }, { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'Ccrepl.Auth', 'HTTP 403'],
  ])('names what is wrong with %j %j', async (event, env, errorType, message) => {
    expect(await invoke(event, env)).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
  });

  it('says which repository is missing', async () => {
    const gone = { ...REPLICA, destination: { ...REPLICA.destination, repository: 'Gone' } };

    const failure = await invoke({ replica: REPLICA.id }, {}, { replicas: [gone] });

    expect(failure).toMatchObject({
      errorType: 'Ccrepl.Missing',
      errorMessage: expect.stringContaining('/v1/repos/Gone: HTTP 404'),
    });
  });
});

describe('alert', () => {
  let system: LocalSystem;
  afterEach(() => system.stop());

  it('reaches the topic with attributes to filter subscriptions by', async () => {
    const clone = await Clone.init();
    await clone.commit();
    system = await aSystem();
    await clone.push(system.region('ap-northeast-3').cloneUrl('Destination').replace('://', '://local:local@'), 'main');

    await system.startExecution(REPLICA.id);
    await system.idle();

    expect(system.topic.inbox).toMatchObject([
      {
        subject: 'ccrepl: Source--ap-northeast-3 is refused',
        attributes: { replica: REPLICA.id, verdict: 'refused', severity: 'error' },
      },
    ]);
    expect(system.topic.inbox[0]?.message).toContain('the source shows no heads at all');
  });
});
