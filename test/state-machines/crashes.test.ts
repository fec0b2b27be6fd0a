import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exited, stateError, Workflow } from '../support/workflow.ts';

let flow: Workflow;
beforeEach(async () => {
  flow = await Workflow.start();
});
afterEach(() => flow.stop());

const MAIN = 'refs/heads/main';
const behind = () => flow.push({ [MAIN]: '2' });
const tasksDoNothing = () => {
  flow.onTaskEnd = () => flow.destination.set('R', { [MAIN]: '1' });
};
const unreadable = () => {
  flow.onCompare = () => {
    throw stateError('Ccrepl.Auth', '403');
  };
};
/** Somebody leaves word, with this input, just before the execution would let go. */
const somebodyWaits = (input: object = { replica: 'R' }) => {
  let waits = false;
  flow.onCall = async (_resource, { UpdateExpression }) => {
    if (waits || UpdateExpression !== 'REMOVE holder, heldSince') return;
    waits = true;
    await marked(input);
  };
};
/** Starts an execution and waits until it has left its mark. */
async function marked(input: object): Promise<void> {
  const waiting = flow.start(input);
  while (waiting.status === 'RUNNING' && !waiting.states.includes('WaitForLease')) await new Promise(setImmediate);
}
const OF_SWEEP = {
  replica: 'R',
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:eu-west-1:111122223333:execution:sweep:run-1',
};

/** How an execution comes to these states, with the lease in its hand. */
const WAYS: { way: string; prepare: () => unknown; input?: object; states: string[] }[] = [
  { way: 'with nothing to do', prepare: () => {}, states: ['CompareHeads', 'AnythingToReplicate', 'SettleInSync'] },
  {
    way: 'whose task is worth another of every kind',
    prepare: () => {
      behind();
      const ends = [exited(11), exited(10), exited(undefined), exited(19)];
      flow.onTask = (_replica, count) => {
        const end = ends[count - 1];
        if (end !== undefined) throw end;
      };
    },
    states: [
      ...['FirstAttempt', 'Replicate', 'IsWorthAnotherTask', 'AgainAtOnce', 'AgainLater', 'PauseBeforeAttempt'],
      ...['OnceMore', 'PauseBeforeStart', 'GoOn', 'VerifyHeads', 'IsVerified', 'RecordInSync', 'Proven', 'WasTrouble'],
      'ReleaseLease',
    ],
  },
  {
    way: 'that finds drift',
    prepare: () => {
      behind();
      tasksDoNothing();
    },
    states: [
      ...['PauseBeforeLooking', 'LookAgain', 'IsDriftStable', 'Drifted', 'RecordTrouble', 'IsNews', 'IsOneOfMany'],
      ...['Alert', 'RememberTold'],
    ],
  },
  {
    way: 'of a sweep that finds drift',
    prepare: () => {
      behind();
      tasksDoNothing();
    },
    input: OF_SWEEP,
    states: ['CountNews', 'AreMany'],
  },
  {
    way: 'of a sweep that replicates',
    prepare: behind,
    input: OF_SWEEP,
    states: ['RecordStillInSync'],
  },
  {
    way: 'that cannot read a side, nor tell anybody',
    prepare: () => {
      unreadable();
      flow.onAlert = () => {
        throw stateError('Runtime.ExitError', 'bug');
      };
      flow.onPublish = () => {
        throw stateError('SNS.NotFoundException', 'no topic');
      };
    },
    states: ['Unknown', 'PublishPlainAlert', 'AlertFailed'],
  },
  {
    way: 'whose source never rests',
    prepare: () => {
      behind();
      flow.onCompare = (_replica, count) => flow.push({ [MAIN]: String(2 + (count % 6)) });
    },
    states: ['IsRestless', 'SourceMoved', 'PauseForSource', 'StillMoving', 'RecordMoving'],
  },
  {
    way: 'that somebody left word for',
    prepare: () => {
      behind();
      somebodyWaits();
    },
    states: ['IsRoundLeft', 'TakePending', 'NextRound'],
  },
  {
    way: 'that a person waits for',
    prepare: () => {
      behind();
      somebodyWaits({ replica: 'R', force: 'task' });
    },
    states: ['PassOnLease'],
  },
  {
    way: 'that hands over after a long history',
    prepare: () => {
      behind();
      flow.onTask = (_replica, count) => {
        if (count === 1) throw exited(19);
      };
      somebodyWaits();
    },
    states: ['HandOver', 'StartSuccessor'],
  },
];

it('holds the lease in all states but those before it has it and after it has let go', () => {
  const file = join(import.meta.dirname, '..', '..', 'state-machines', 'replicate.asl.json');
  const all = Object.keys(JSON.parse(readFileSync(file, 'utf8')).States);
  const before = [
    ...['ReadInput', 'WrongInput', 'CouldNotStart', 'AcquireLease', 'IsWordOfAPerson', 'LeavePending'],
    ...[
      'AnnounceWaiting',
      'AskForHolder',
      'IsHolderAlive',
      'Coalesced',
      'CountWait',
      'WaitForLease',
      'StopWaiting',
      'Busy',
    ],
    'TakeOverLease',
  ];
  const after = [
    'HowItEnded',
    'Superseded',
    'NobodyTold',
    'Failed',
    'InSync',
    'Replicated',
    'Following',
    'BookkeepingFailed',
  ];
  const holding = WAYS.flatMap(({ states }) => states);

  expect([...before, ...holding, ...after].sort()).toEqual(all.sort());
});

describe.each(WAYS)('a holder $way', ({ prepare, input, states }) => {
  it.each(states)('that dies in %s is replaced by the next execution, which does the work', async (state) => {
    prepare();
    let stopped: Promise<void> | undefined;
    flow.onState = (execution, name) => {
      if (name === state && execution === dead) stopped ??= flow.replicate.stop(dead);
    };
    const dead = flow.start(input);
    await dead.ended;
    await stopped;
    // All is well from here on, and whoever waits goes on.
    for (const hook of ['onState', 'onTask', 'onTaskEnd', 'onCompare', 'onAlert', 'onPublish', 'onCall'] as const)
      flow[hook] = () => {};
    const entered = dead.states.includes(state);

    const next = await flow.run();
    await flow.idle();

    expect(entered).toBe(true);
    expect(dead.status).toBe('ABORTED');
    expect(next.status).toBe('SUCCEEDED');
    expect(flow.isInSync()).toBe(true);
    expect(await flow.record()).toMatchObject({ verdict: 'in-sync' });
    expect(await flow.record()).not.toHaveProperty('holder');
    expect(await flow.record()).not.toHaveProperty('pending');
  });
});
