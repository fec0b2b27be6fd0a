import type { Execution } from '../../local/stepfunctions/machine.ts';
import { stateError, Workflow } from '../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start();
});
afterEach(() => flow.stop());

const outcomeOf = ({ output }: Execution) => JSON.parse(output ?? '{}');
const entered = (execution: Execution, state: string) => execution.states.filter((name) => name === state).length;
/** Resolves when a task is under way; the task goes on when `go` is called. */
function heldTask(): { started: Promise<void>; go: () => void } {
  let [begun, go] = [() => {}, () => {}];
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  flow.onTask = (_replica, count) => {
    begun();
    return count === 1 ? gate : undefined;
  };
  return { started, go };
}
/** An execution whose task is under way. */
async function underWay(): Promise<{ holder: Execution; go: () => void }> {
  behind();
  const { started, go } = heldTask();
  const holder = flow.start();
  await started;
  return { holder, go };
}
const behind = () => flow.push({ 'refs/heads/main': '2' });

describe('two executions at once', () => {
  it('run one task: the second leaves word, names the first, and ends at once', async () => {
    const { holder: first, go } = await underWay();

    const second = await flow.run();
    const whileHeld = await flow.record();
    go();
    await first.ended;

    expect(second.states).toEqual([
      'ReadInput',
      'AcquireLease',
      'IsWordOfAPerson',
      'LeavePending',
      'AskForHolder',
      'IsHolderAlive',
      'Coalesced',
    ]);
    expect(outcomeOf(second)).toEqual({ replica: 'R', outcome: 'coalesced', execution: first.arn });
    expect(whileHeld).toMatchObject({ holder: first.arn, pending: second.arn });
    expect(flow.comparisons).toHaveLength(3);
    expect(flow.mostRunning).toBe(1);
    expect(await flow.record()).not.toHaveProperty('holder');
    expect(await flow.record()).not.toHaveProperty('pending');
  });

  it('lose no push: one that came during the task is replicated by the first in another round', async () => {
    const { holder: first, go } = await underWay();
    flow.onTaskEnd = (_replica, count) => {
      // After the task has read the source, and before it ends.
      if (count === 1) flow.push({ 'refs/heads/late': '5' });
    };
    go();
    await flow.run();
    await first.ended;

    expect(flow.isInSync()).toBe(true);
    expect(outcomeOf(first)).toMatchObject({ outcome: 'replicated', heads: 2 });
  });

  it('lose no push that comes when the first has compared and not yet let go', async () => {
    let second: Execution | undefined;
    flow.onState = (_execution, state) => {
      if (state !== 'SettleInSync' || second !== undefined) return;
      behind();
      second = flow.start();
    };

    const first = await flow.run();
    await flow.idle();

    expect(flow.isInSync()).toBe(true);
    expect([outcomeOf(first).outcome, outcomeOf(second as Execution).outcome]).toContain('replicated');
  });

  it('share the lease one after the other when they do not meet', async () => {
    await flow.run();
    const second = await flow.run();

    expect(outcomeOf(second)).toMatchObject({ outcome: 'in-sync' });
  });
});

it.each([3, 20])('%d executions at once run one task at a time, and end in sync with no lease left', async (count) => {
  behind();

  const all = Array.from({ length: count }, () => flow.start());
  await flow.idle();

  const outcomes = all.map((execution) => outcomeOf(execution).outcome);
  expect(flow.isInSync()).toBe(true);
  expect(flow.mostRunning).toBe(1);
  expect(flow.tasks).toHaveLength(1);
  expect(all.map(({ status }) => status)).toEqual(Array(count).fill('SUCCEEDED'));
  expect(outcomes.filter((outcome) => outcome === 'replicated')).toHaveLength(1);
  const holders = new Set(all.map(({ arn }) => arn));
  for (const execution of all.filter((one) => outcomeOf(one).outcome === 'coalesced')) {
    expect(holders).toContain(outcomeOf(execution).execution);
  }
  expect(await flow.record()).not.toHaveProperty('holder');
});

it('a successor that cannot be started leaves the mark in the record, and the execution says so', async () => {
  let pushes = 0;
  flow.onCall = async (resource, { UpdateExpression }) => {
    if (resource.endsWith('states:startExecution'))
      throw stateError('StepFunctions.ThrottlingException', 'Rate exceeded');
    if (UpdateExpression !== 'REMOVE holder, heldSince' || ++pushes > 25) return;
    flow.push({ 'refs/heads/main': String(2 + (pushes % 6)) });
    await flow.run();
  };
  behind();

  const first = await flow.run();

  expect(first).toMatchObject({ status: 'FAILED', error: 'StepFunctions.ThrottlingException' });
  expect(await flow.record()).toHaveProperty('pending');
  expect(await flow.record()).not.toHaveProperty('holder');
  flow.onCall = () => {};
  await flow.run();
  expect(flow.isInSync()).toBe(true);
});

it('pushes that go on for long are handed over to another execution after 20 rounds, and none is lost', async () => {
  let pushes = 0;
  flow.onCall = async (_resource, { UpdateExpression }) => {
    if (UpdateExpression !== 'REMOVE holder, heldSince' || ++pushes > 25) return;
    flow.push({ 'refs/heads/main': String(2 + (pushes % 6)) });
    await flow.run();
  };
  behind();

  const first = await flow.run();
  await flow.idle();

  expect(entered(first, 'NextRound')).toBe(19);
  expect(first.states).toContain('StartSuccessor');
  expect(outcomeOf(first)).toMatchObject({ outcome: 'replicated' });
  expect(flow.isInSync()).toBe(true);
  expect(flow.mostRunning).toBe(1);
  expect(await flow.record()).not.toHaveProperty('holder');
});

describe('a holder that died', () => {
  it('with somebody waiting leaves nothing that the next execution would wait for', async () => {
    const { holder: dead, go } = await underWay();
    await flow.run();
    const stopping = flow.replicate.stop(dead);
    go();
    await stopping;

    const next = await flow.run();

    expect(outcomeOf(next)).toMatchObject({ verdict: 'in-sync' });
    expect(await flow.record()).not.toHaveProperty('pending');
  });

  it('is replaced by one of three that find it', async () => {
    const { holder: dead, go } = await underWay();
    const stopping = flow.replicate.stop(dead);
    go();
    await stopping;
    flow.destination.set('R', { 'refs/heads/main': '1' });

    const three = [flow.start(), flow.start(), flow.start()];
    await flow.idle();

    expect(three.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(flow.isInSync()).toBe(true);
    expect(await flow.record()).not.toHaveProperty('holder');
  });

  it('that Step Functions does not know any more counts as dead, once it has been asked for again', async () => {
    let asked = 0;
    const { holder: first, go } = await underWay();
    flow.onCall = (resource) => {
      if (!resource.endsWith('describeExecution')) return;
      asked += 1;
      throw stateError('Sfn.ExecutionDoesNotExistException', 'no such execution');
    };

    const second = await flow.run();
    go();
    await first.ended;

    expect(asked).toBe(4);
    expect(second.states).toContain('TakeOverLease');
    expect(flow.isInSync()).toBe(true);
  });

  it('lets nobody go on blindly: where Step Functions cannot be asked, the execution fails and says why', async () => {
    const { holder: first, go } = await underWay();
    flow.onCall = (resource) => {
      if (resource.endsWith('describeExecution')) throw stateError('Sfn.SfnException', 'Rate exceeded');
    };

    const second = await flow.run();
    go();
    await first.ended;

    expect(second).toMatchObject({ status: 'FAILED', error: 'Sfn.SfnException', cause: 'Rate exceeded' });
    // Its mark is there all the same: the holder goes round again.
    expect(flow.comparisons).toHaveLength(3);
  });
});

describe('an execution that lost its lease', () => {
  it('records nothing and tells nobody: somebody else is responsible', async () => {
    behind();
    flow.strayPush('refs/heads/main');
    let other: Execution | undefined;
    flow.onState = (execution, state) => {
      if (state !== 'RecordTrouble' || other !== undefined) return;
      other = execution;
    };
    flow.onCall = (_resource, { UpdateExpression }) => {
      // As if another had taken over just before.
      if (String(UpdateExpression).includes('lastError'))
        throw stateError('DynamoDB.ConditionalCheckFailedException', 'The conditional request failed');
    };

    const execution = await flow.run();

    expect(execution.status).toBe('FAILED');
    expect(flow.told).toEqual([]);
  });
});

describe('an execution with the word of a person', () => {
  /** Calls `then` when an execution waits for the lease. */
  const whenWaiting = (then: () => void) => {
    flow.onState = (_execution, state) => {
      if (state === 'WaitForLease') then();
    };
  };

  it('waits for the lease, is given it by the holder, and does its work itself', async () => {
    const { holder: first, go } = await underWay();
    whenWaiting(go);

    const second = await flow.run({ replica: 'R', confirm: '0123456789abcdef' });
    await first.ended;

    expect(first.states).toContain('PassOnLease');
    expect(outcomeOf(second)).toMatchObject({ verdict: 'in-sync' });
    expect(flow.comparisons.at(-1)?.run.confirm).toBe('0123456789abcdef');
    // It makes the holder do nothing more.
    expect(entered(first, 'NextRound')).toBe(0);
    expect(await flow.record()).not.toHaveProperty('waiting');
    expect(await flow.record()).not.toHaveProperty('holder');
  });

  it('comes before all that others left word of, and sees it', async () => {
    const { holder: first, go } = await underWay();
    await flow.run();
    flow.push({ 'refs/heads/late': '5' });
    whenWaiting(go);

    const second = await flow.run({ replica: 'R', force: 'task' });
    await first.ended;

    expect(entered(first, 'NextRound')).toBe(0);
    expect(outcomeOf(second)).toMatchObject({ outcome: 'replicated', heads: 2 });
    expect(flow.isInSync()).toBe(true);
    expect(await flow.record()).not.toHaveProperty('pending');
  });

  it('that dies while it waits blocks nobody: the lease that it was given is taken over', async () => {
    const { holder: first, go } = await underWay();
    let stopped: Promise<void> | undefined;
    const waiting = flow.start({ replica: 'R', force: 'task' });
    flow.onState = (execution, state) => {
      if (state === 'WaitForLease' && execution === waiting) stopped ??= flow.replicate.stop(waiting);
    };
    await waiting.ended;
    await stopped;
    go();
    await first.ended;

    const next = await flow.run();

    expect(next.states).toContain('TakeOverLease');
    expect(outcomeOf(next)).toMatchObject({ verdict: 'in-sync' });
    expect(await flow.record()).not.toHaveProperty('holder');
  });

  it('gives up after two hours, and names who was at work', async () => {
    const { holder: first, go } = await underWay();

    const second = await flow.run({ replica: 'R', force: 'task' });
    go();
    await first.ended;

    expect(entered(second, 'WaitForLease')).toBe(240);
    expect(second).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Busy', cause: expect.stringContaining(first.arn) });
  });
});

describe('the lag', () => {
  it('stays what it was when later looks find nothing to do, with or without somebody waiting', async () => {
    behind();
    flow.onTaskEnd = async (_replica, count) => {
      if (count === 1) flow.advance(300);
      await flow.run();
    };
    await flow.run();
    const afterRounds = (await flow.record())['lagSeconds'];
    flow.advance(900);
    await flow.run();

    expect([afterRounds, (await flow.record())['lagSeconds']]).toEqual(['300', '300']);
  });

  it('is counted from the first execution that wanted the look, also by one that only took over', async () => {
    const { holder: dead, go } = await underWay();
    const stopping = flow.replicate.stop(dead);
    go();
    await stopping;
    flow.advance(600);

    const next = await flow.run();

    expect(flow.tasks).toHaveLength(2);
    expect(outcomeOf(next)).toMatchObject({ outcome: 'replicated' });
    expect(await flow.record()).toMatchObject({ lagSeconds: '600' });
  });

  it('of a push that came during a round is counted from that round’s comparison at the earliest', async () => {
    behind();
    flow.onTaskEnd = async (_replica, count) => {
      if (count !== 1) return;
      flow.advance(100);
      flow.push({ 'refs/heads/late': '5' });
      await flow.run();
    };

    await flow.run();

    // Verified at 100 s; what came after that comparison began is at most as old as that.
    expect(Number((await flow.record())['lagSeconds'])).toBeLessThanOrEqual(100);
  });
});
