import { exited, stateError, Workflow } from '../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start();
});
afterEach(() => flow.stop());

const DAY = 86_400;
const newsOf = (index: number) => (flow.told[index] as { state: { recorded: { Attributes?: object } } }).state;

describe('people', () => {
  const drift = () => flow.strayPush('refs/heads/main');
  const heal = () => flow.destination.set('R', { ...flow.source.get('R') });

  it('are told once of a drift and once that it is over, however often it is looked at', async () => {
    drift();
    const first = await flow.run();
    for (let n = 0; n < 5; n++) {
      flow.advance(900);
      await flow.run();
    }
    heal();
    flow.advance(900);
    const healed = await flow.run();
    await flow.run();

    expect(flow.verdictsTold).toEqual(['diverged', 'in-sync']);
    expect(first.status).toBe('FAILED');
    expect(healed.status).toBe('SUCCEEDED');
    expect(newsOf(1)).toMatchObject({
      recorded: { Attributes: { told: { S: 'diverged' }, driftedSince: { S: '2026-01-01T00:00:00.000Z' } } },
    });
    expect(await flow.record()).toMatchObject({ verdict: 'in-sync', told: 'in-sync', lastError: 'Ccrepl.Drift' });
  });

  it('see every execution red while it lasts, and since when', async () => {
    drift();
    await flow.run();
    flow.advance(900);
    const later = await flow.run();

    expect(later).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
    expect(await flow.record()).toMatchObject({
      verdict: 'diverged',
      driftedSince: '2026-01-01T00:00:00.000Z',
      lastErrorAt: '2026-01-01T00:15:00.000Z',
      lastExecution: later.arn,
    });
  });

  it('are reminded once a day while it lasts', async () => {
    drift();
    for (let quarters = 0; quarters < 3 * 24 * 4; quarters += 8) {
      await flow.run();
      flow.advance(8 * 900);
    }

    expect(flow.verdictsTold).toEqual(['diverged', 'diverged', 'diverged']);
  });

  it('are told when it becomes another kind of trouble', async () => {
    flow.push({ 'refs/heads/main': '2' });
    flow.onTask = () => {
      throw exited(14);
    };
    await flow.run();
    drift();
    await flow.run();

    expect(flow.verdictsTold).toEqual(['behind', 'diverged']);
    expect(newsOf(1)).toMatchObject({ recorded: { Attributes: { told: { S: 'behind' } } } });
  });

  it('are told of a mass change although they know of a diverged head', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `refs/heads/n${n}`);
    const all = Object.fromEntries(names.map((name) => [name, '1']));
    flow.source.set('R', { ...all, 'refs/heads/main': '1' });
    flow.destination.set('R', { ...all, 'refs/heads/main': '9' });
    await flow.run();
    flow.source.set('R', { 'refs/heads/main': '1' });
    const attacked = await flow.run();
    await flow.run();

    expect(flow.verdictsTold).toEqual(['diverged', 'diverged']);
    expect(flow.told[1]).toMatchObject({
      state: {
        outcome: { kind: 'diverged:diverged,mass-change' },
        recorded: { Attributes: { toldKind: { S: 'diverged:diverged' } } },
      },
    });
    expect(attacked.cause).toContain('"confirm":"');
  });

  it('are not told that a replica in trouble could not be read for once, nor that it could again', async () => {
    drift();
    await flow.run();
    flow.onCompare = () => {
      throw stateError('Ccrepl.Missing', '404');
    };
    await flow.run();
    flow.onCompare = () => {};
    await flow.run();

    expect(flow.verdictsTold).toEqual(['diverged']);
  });

  it('are reminded of a replica that cannot be read either', async () => {
    flow.onCompare = () => {
      throw stateError('Ccrepl.Auth', '403');
    };
    await flow.run();
    flow.advance(DAY + 1);
    await flow.run();

    expect(flow.verdictsTold).toEqual(['unknown', 'unknown']);
  });

  it('are told afresh of a second incident', async () => {
    drift();
    await flow.run();
    heal();
    await flow.run();
    drift();
    flow.advance(900);
    await flow.run();

    expect(flow.verdictsTold).toEqual(['diverged', 'in-sync', 'diverged']);
    expect(await flow.record()).toMatchObject({ driftedSince: '2026-01-01T00:15:00.000Z' });
  });

  it('are told once by many executions at once', async () => {
    drift();
    await Promise.all(Array.from({ length: 10 }, () => flow.run()));
    await flow.idle();

    expect(flow.verdictsTold).toEqual(['diverged']);
  });
});

describe('when the alert function is broken', () => {
  beforeEach(() => {
    flow.strayPush('refs/heads/main');
    flow.onAlert = () => {
      throw stateError('Runtime.ExitError', 'bug');
    };
  });

  it('people get a plain message that SNS takes, with attributes to filter by, and not again next time', async () => {
    const execution = await flow.run();
    await flow.run();

    expect(flow.told).toHaveLength(5);
    expect(flow.topic.inbox).toMatchObject([
      {
        subject: 'ccrepl: news of a replica, and the alert function failed',
        attributes: { replica: 'R', verdict: 'diverged', severity: 'critical' },
      },
    ]);
    expect(flow.topic.inbox[0]?.message).toContain(`The replica R is diverged.`);
    expect(flow.topic.inbox[0]?.message).toContain(execution.arn);
    expect(execution.error).toBe('Ccrepl.Drift');
  });

  it('and SNS too, the execution fails for that also if another round finds all well', async () => {
    flow.onPublish = () => {
      throw stateError('SNS.NotFoundException', 'no topic');
    };
    let waiting: Promise<unknown> | undefined;
    flow.onState = (_execution, state) => {
      if (state !== 'AlertFailed' || waiting !== undefined) return;
      flow.destination.set('R', { 'refs/heads/main': '1' });
    };
    flow.onCall = async (_resource, { UpdateExpression }) => {
      if (UpdateExpression !== 'REMOVE holder, heldSince' || waiting !== undefined) return;
      waiting = flow.run();
      await waiting;
    };

    const execution = await flow.run();

    expect(execution.states).toContain('NextRound');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.AlertFailed' });
  });
});
