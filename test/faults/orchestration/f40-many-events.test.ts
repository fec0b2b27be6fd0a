import { SFNClient } from '@aws-sdk/client-sfn';
import { startRuns } from '../../../functions/on-push/start.ts';
import { gateway } from '../../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../../local/aws/http.ts';
import { parseSettings } from '../../../replication/settings.ts';
import { pushRecord } from '../../support/push-target.ts';
import { Workflow } from '../../support/workflow.ts';

const [REGION, ACCOUNT] = ['eu-west-1', '111122223333'];
const MAIN = 'refs/heads/main';
const SETTINGS = parseSettings(
  JSON.stringify({
    replicas: [
      {
        id: 'R',
        source: { region: REGION, repository: 'R' },
        destination: { region: 'eu-west-2', repository: 'R' },
      },
    ],
  }),
);

let flow: Workflow;
let stepFunctions: LocalServer;
let client: SFNClient;
beforeEach(async () => {
  flow = await Workflow.start();
  const serve = gateway({
    regions: [],
    machines: [flow.replicate],
    functions: [],
    topic: flow.topic,
    accessKeyIds: ['AKIATEST'],
  });
  stepFunctions = await listen(serve, 0);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  client = new SFNClient({ region: REGION, endpoint: stepFunctions.origin, credentials });
});
afterEach(async () => {
  client.destroy();
  await flow.stop();
  await stepFunctions.close();
});

/** CodeCommit's event of a push, as the function for it takes it. */
const deliver = (eventId: string) => {
  const eventSourceARN = `arn:aws:codecommit:${REGION}:${ACCOUNT}:R`;
  const home = { account: ACCOUNT, stateMachineArn: flow.replicate.arn };
  return startRuns({ Records: [pushRecord(eventId, { eventSourceARN })] }, home, SETTINGS, client);
};
const outcomes = () => flow.replicate.executions.map(({ output }) => JSON.parse(output ?? '{}').outcome);

/** Tasks that take so long by the clock that stands still; `pass` moves it on. */
function slowTasks(seconds: number): (by: number) => void {
  const under: { until: number; end: () => void }[] = [];
  flow.onTask = () => new Promise<void>((end) => under.push({ until: flow.now.getTime() + seconds * 1000, end }));
  return (by) => {
    flow.advance(by);
    for (const task of under) if (task.until <= flow.now.getTime()) task.end();
  };
}

it.each([2, 50])(
  'F40: an event that is delivered %d times at once, and again later, is one execution',
  async (times) => {
    flow.push({ [MAIN]: '2' });

    const runs = await Promise.all(Array.from({ length: times }, () => deliver('e1')));
    await flow.idle();
    const later = await deliver('e1');

    expect(runs.flatMap(({ failed }) => failed)).toEqual([]);
    expect(later).toMatchObject({ started: [], duplicates: [expect.any(String)], failed: [] });
    expect(outcomes()).toEqual(['replicated']);
    expect(flow.tasks).toHaveLength(1);
    expect(flow.isInSync()).toBe(true);
    expect(flow.told).toEqual([]);
  },
);

it('F40: an older event after a newer one moves nothing back, and starts no task', async () => {
  flow.push({ [MAIN]: '2' });
  flow.push({ [MAIN]: '3' });
  await deliver('newer');
  await flow.idle();

  await deliver('older');
  await flow.idle();

  expect(outcomes()).toEqual(['replicated', 'in-sync']);
  expect(flow.tasks).toHaveLength(1);
  expect(flow.destination.get('R')).toEqual({ [MAIN]: '3' });
  expect(flow.told).toEqual([]);
});

it('F40: an older event while the run of a newer one is at work only makes that look once more', async () => {
  const pass = slowTasks(60);
  flow.push({ [MAIN]: '3' });
  await deliver('newer');
  while (flow.running === 0) await new Promise(setImmediate);

  await deliver('older');
  while (!outcomes().includes('coalesced')) await new Promise(setImmediate);
  pass(60);
  await flow.idle();

  expect(outcomes()).toEqual(['replicated', 'coalesced']);
  expect(flow.tasks).toHaveLength(1);
  expect(flow.comparisons).toHaveLength(3);
  expect(flow.destination.get('R')).toEqual({ [MAIN]: '3' });
});

it('F40: 500 pushes in 60 seconds run one task at a time with at most one word waiting, and lose none', async () => {
  const [pushes, seconds, taskSeconds] = [500, 60, 8];
  const pass = slowTasks(taskSeconds);
  let mostOpen = 0;

  for (let n = 1; n <= pushes; n++) {
    flow.push({ [`refs/heads/b${n % 40}`]: String(1 + (n % 7)) });
    await deliver(`push-${n}`);
    // Whatever it was started for, an execution that is not the holder ends at once: only the holder stays open.
    for (;;) {
      const open = flow.replicate.executions.filter(({ status }) => status === 'RUNNING').length;
      mostOpen = Math.max(mostOpen, open);
      if (open <= 1 && (flow.running === 1 || open === 0)) break;
      await new Promise(setImmediate);
    }
    pass(seconds / pushes);
  }
  while (flow.replicate.executions.some(({ status }) => status === 'RUNNING')) {
    pass(taskSeconds);
    await new Promise(setImmediate);
  }

  expect(flow.isInSync()).toBe(true);
  expect(flow.mostRunning).toBe(1);
  expect(mostOpen).toBeLessThanOrEqual(2);
  // One for each push, and one more wherever a holder handed over.
  expect(flow.replicate.executions.length).toBeLessThanOrEqual(pushes + 1);
  expect(flow.tasks.length).toBeGreaterThan(1);
  expect(flow.tasks.length).toBeLessThanOrEqual(seconds / taskSeconds + 2);
  expect(flow.comparisons.length).toBeLessThanOrEqual(3 * flow.tasks.length + 2);
  expect(flow.replicate.executions.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
  expect(flow.told).toEqual([]);
  const record = await flow.record();
  for (const mark of ['holder', 'pending', 'waiting', 'wantedSince']) expect(record).not.toHaveProperty(mark);
});
