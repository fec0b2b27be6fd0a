import { throwIfFailed } from '../../functions/on-push/report.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { HOME, PushTarget, pushRecord, REGION, repositoryArn } from '../support/push-target.ts';

const replica = (id: string, repository = 'Source') => ({ ...REPLICA, id, source: { region: REGION, repository } });
const SETTINGS = { replicas: [replica('a'), replica('b'), replica('c')] };
const OTHER = { eventSourceARN: repositoryArn({ repository: 'Other' }) };

let target: PushTarget;
beforeEach(async () => {
  target = await PushTarget.start();
});
afterEach(() => target.stop());

/** Delivers an event of these records, and waits until what it set off has ended. */
async function deliver(...records: unknown[]) {
  const runs = await target.handle({ Records: records }, SETTINGS);
  await target.allEnded();
  return runs;
}
const inputs = () => target.machine.executions.map(({ input }) => input).sort();

describe('an event', () => {
  it('starts each replica of each repository that it names, and no other, with the id alone as input', async () => {
    const replicas = [...SETTINGS.replicas, replica('other', 'Other'), replica('third', 'Third')];

    const runs = await target.handle({ Records: [pushRecord('e1'), pushRecord('e2', OTHER)] }, { replicas });

    expect(inputs()).toEqual(['a', 'b', 'c', 'other'].map((id) => JSON.stringify({ replica: id })));
    expect(runs.started.sort()).toEqual(target.machine.executions.map(({ name }) => name).sort());
    expect(runs).toMatchObject({ duplicates: [], failed: [], ignored: { records: 0, reasons: [] } });
  });

  it('starts a replica once, however many records and references it has', async () => {
    const references = Array.from({ length: 20_000 }, (_, n) => ({
      commit: `${n}`,
      ref: `refs/heads/${n}`,
      created: true,
    }));
    const many = Array.from({ length: 2_000 }, (_, n) => pushRecord(`e${n}`));

    await deliver(pushRecord('big', { codecommit: { references } }), ...many);

    expect(target.requests.map(({ input }) => input.length)).toEqual([15, 15, 15]);
  });

  it('starts nothing of a host that is not CodeCommit', async () => {
    const github = { ...replica('github'), source: { url: 'https://github.com/owner/Source.git' } };

    expect(await target.handle({ Records: [pushRecord('e1')] }, { replicas: [github] })).toMatchObject({
      started: [],
      ignored: { records: 1 },
    });
  });

  it.each([
    ['the console’s test event', { eventName: 'TriggerEventTest' }],
    [
      'a test event of an empty repository',
      { eventName: 'TriggerEventTest', codecommit: { references: [{ commit: '0'.repeat(40) }] } },
    ],
    ['the name that the documentation gives', { eventName: 'ReferenceChange' }],
    ['custom data like a command', { customData: '{"$(id)":1}' }],
    ['no custom data', { customData: undefined }],
    ['no references', { codecommit: undefined }],
    ['neither time nor part', { eventTime: undefined, eventPartNumber: undefined }],
    ['time and part of a strange form', { eventTime: { at: 1 }, eventPartNumber: ['1'] }],
  ])('says "look now" with %s too', async (_what, changes) => {
    expect((await deliver(pushRecord('e1', changes))).started).toHaveLength(3);
  });
});

describe('the name of an execution', () => {
  it('is legal and its own for each replica and push, however long or strange their ids are', async () => {
    const ids = ['x'.repeat(128), `${'x'.repeat(127)}y`, 'a.b', 'a-b', 'a_b'];
    const settings = { replicas: ids.map((id) => replica(id)) };

    for (const event of ['e1', 'e2', '日本 $(id)'.repeat(10)])
      await target.handle({ Records: [pushRecord(event)] }, settings);

    const names = target.requests.map(({ name }) => name);
    expect(new Set(names).size).toBe(3 * ids.length);
    expect(names.filter((name) => !/^[\w-]{1,80}$/.test(name))).toEqual([]);
  });

  it('is taken when the same event comes again, also with its records in another order or doubled', async () => {
    const [one, two] = [pushRecord('e1'), pushRecord('e2')];
    const first = await deliver(one, two);

    for (const again of [await deliver(one, two), await deliver(two, one), await deliver(two, one, two)])
      expect(again).toMatchObject({ started: [], duplicates: first.started, failed: [] });
    expect(target.machine.executions).toHaveLength(3);
  });

  it('is new for a later push, also when a record of an earlier one comes along', async () => {
    await deliver(pushRecord('e1'));

    expect((await deliver(pushRecord('e1'), pushRecord('e2'))).started).toHaveLength(3);
    expect((await deliver(pushRecord('e2'), pushRecord('e3'))).started).toHaveLength(3);
    expect((await deliver(pushRecord('e3'))).started).toHaveLength(3);
  });

  it('is new for each record of a repository whose other records were seen', async () => {
    await deliver(pushRecord('e1'), pushRecord('e2', OTHER));

    expect((await deliver(pushRecord('e2'))).started).toHaveLength(3);
  });

  it.each([
    ['share their id', ['e1', 'e1', 'e1']],
    ['have ids of their own', ['e1', 'e2', 'e3']],
  ])('is new for each part of a split event that comes alone, if parts %s', async (_what, ids) => {
    const parts = ids.map((id, n) => pushRecord(id, { eventPartNumber: n + 1, eventTotalParts: 3 }));

    for (const part of parts) expect((await deliver(part)).started).toHaveLength(3);
    for (const part of parts) expect((await deliver(part)).started).toEqual([]);
  });

  it('is one for the parts of a split event that come together', async () => {
    const parts = [1, 2, 3].map((n) => pushRecord('e1', { eventPartNumber: n, eventTotalParts: 3 }));

    expect((await deliver(...parts)).started).toHaveLength(3);
    expect(target.machine.executions).toHaveLength(3);
  });

  it('is new for an id that was used before, at another time', async () => {
    await deliver(pushRecord('sample'));

    expect((await deliver(pushRecord('sample', { eventTime: '2026-01-02T03:05:00.000+0000' }))).started).toHaveLength(
      3,
    );
  });

  it('starts nothing new while its execution is open', async () => {
    const busy = await PushTarget.start({ open: true });
    const event = { Records: [pushRecord('e1')] };

    const runs = [await busy.handle(event, SETTINGS), await busy.handle(event, SETTINGS)];

    expect(runs[1]).toEqual(runs[0]);
    expect(busy.machine.executions).toHaveLength(3);
    await busy.stop();
  });
});

describe('a StartExecution that fails', () => {
  it('keeps no other replica, is told with its reason, and succeeds when Lambda delivers the event again', async () => {
    target.refusals.set('b', ['ExecutionLimitExceeded']);

    const first = await deliver(pushRecord('e1'));
    const again = await deliver(pushRecord('e1'));

    expect(first.started).toEqual([expect.stringMatching(/^a-push-/), expect.stringMatching(/^c-push-/)]);
    expect(() => throwIfFailed(first)).toThrow(
      expect.objectContaining({
        name: 'Ccrepl.NotStarted',
        message: '1 of 3 replicas not started: "b" (ExecutionLimitExceeded: no ExecutionLimitExceeded today)',
      }),
    );
    expect(again).toMatchObject({
      started: [expect.stringMatching(/^b-push-/)],
      duplicates: first.started,
      failed: [],
    });
    expect(() => throwIfFailed(again)).not.toThrow();
  });

  it('is every time an error, so that the event ends in the dead-letter queue', async () => {
    target.refusals.set('b', ['AccessDeniedException', 'AccessDeniedException', 'AccessDeniedException']);

    for (const attempt of [1, 2, 3]) {
      const runs = await deliver(pushRecord('e1'));

      expect([attempt, runs.failed]).toEqual([attempt, [expect.objectContaining({ replica: 'b' })]]);
      expect(() => throwIfFailed(runs)).toThrow('AccessDeniedException');
    }
  });

  it('says in few words that very many replicas were not started', async () => {
    const failed = Array.from({ length: 500 }, (_, n) => ({ replica: `r${n}`, reason: 'x'.repeat(200) }));
    const runs = { started: ['s'], duplicates: ['d'], failed, ignored: { records: 0, reasons: [] } };

    expect(() => throwIfFailed(runs)).toThrow(/^500 of 502 replicas not started: "r0" .{2000,2500}, 490 more$/);
  });

  it('because it gets no answer keeps no other replica, and is told', async () => {
    target.silent.add('a');
    const client = target.clientOf('AKIATEST', { answerMs: 2_000 });

    const runs = await target.handle({ Records: [pushRecord('e1')] }, SETTINGS, HOME, client);

    expect(runs).toMatchObject({
      started: [expect.stringMatching(/^b-/), expect.stringMatching(/^c-/)],
      failed: [{ replica: 'a', reason: expect.stringContaining('TimeoutError') }],
    });
    client.destroy();
  });

  it('because of throttling is tried again by the SDK', async () => {
    target.refusals.set('c', ['ThrottlingException']);
    const client = target.clientOf('AKIATEST', { maxAttempts: 3 });

    const runs = await target.handle({ Records: [pushRecord('e1')] }, SETTINGS, HOME, client);

    expect(runs.started).toHaveLength(3);
    expect(target.requests).toHaveLength(4);
    client.destroy();
  });

  it.each([
    ['AKIASTRANGER', HOME, 'UnrecognizedClientException'],
    ['AKIATEST', { ...HOME, stateMachineArn: `${HOME.stateMachineArn}-x` }, 'StateMachineDoesNotExist'],
  ])('for good fails for all replicas: %s, %j', async (key, home, code) => {
    const client = target.clientOf(key);

    const { started, failed } = await target.handle({ Records: [pushRecord('e1')] }, SETTINGS, home, client);

    expect(started).toEqual([]);
    expect(failed).toEqual(['a', 'b', 'c'].map((id) => ({ replica: id, reason: expect.stringContaining(code) })));
    client.destroy();
  });
});
