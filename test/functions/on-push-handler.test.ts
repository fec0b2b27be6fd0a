import { REPLICA } from '../../local/demonstration.ts';
import { aFunction, outcomeOf } from '../support/functions.ts';
import { ACCOUNT, HOME, PushTarget, pushRecord } from '../support/push-target.ts';
import { removeFolders } from '../support/repository.ts';

const SETTINGS = {
  replicas: [REPLICA, { ...REPLICA, id: 'second', destination: { region: 'us-east-1', repository: 'D' } }],
};

let target: PushTarget;
beforeEach(async () => {
  target = await PushTarget.start();
});
afterEach(() => target.stop());
afterAll(removeFolders);

/** What the function answers, and the two lines that it writes. */
async function invoke(event: unknown) {
  const lines: string[] = [];
  const written = Promise.withResolvers<void>();
  const onPush = await aFunction({
    folder: 'on-push',
    replicas: SETTINGS.replicas,
    account: ACCOUNT,
    env: { AWS_ENDPOINT_URL: target.origin, CCREPL_STATE_MACHINE_ARN: HOME.stateMachineArn },
    onOutput: (line) => {
      if (lines.push(line) === 2) written.resolve();
    },
  });
  const outcome = outcomeOf(await onPush.invoke(event));
  await written.promise;
  await onPush.stop();
  return { outcome, lines, log: JSON.parse(lines[0] ?? ''), metrics: JSON.parse(lines[1] ?? '') };
}

it('writes one line about what it started, and one of metrics in CloudWatch’s format', async () => {
  const { outcome, lines, log, metrics } = await invoke({ Records: [pushRecord('e1')] });

  expect(outcome).toMatchObject({ duplicates: [], failed: [], ignored: { records: 0 } });
  expect([...outcome.started].sort()).toEqual(target.requests.map(({ name }) => name).sort());
  expect(log).toEqual({
    time: expect.any(String),
    level: 'info',
    message: 'push',
    started: outcome.started,
    duplicates: [],
  });
  expect(metrics).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'ccrepl',
          Dimensions: [[]],
          Metrics: [
            { Name: 'ExecutionsStarted', Unit: 'Count' },
            { Name: 'PushesIgnored', Unit: 'Count' },
          ],
        },
      ],
    },
    ExecutionsStarted: 2,
    PushesIgnored: 0,
  });
  expect(lines).toHaveLength(2);
});

it('fails where a replica was not started, so that Lambda sends the event again, and counts what was', async () => {
  target.refusals.set('second', ['AccessDeniedException']);

  const { outcome, log, metrics } = await invoke({ Records: [pushRecord('e1')] });

  expect(outcome).toMatchObject({
    errorType: 'Ccrepl.NotStarted',
    errorMessage: expect.stringMatching(/^1 of 2 replicas not started: "second" \(AccessDeniedException: /),
  });
  expect(log).toMatchObject({ level: 'error', started: [expect.stringContaining(REPLICA.id)], failed: ['second'] });
  expect(metrics).toMatchObject({ ExecutionsStarted: 1, PushesIgnored: 0 });
});
