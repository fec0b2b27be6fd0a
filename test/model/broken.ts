import { edited, endlessPatience, REPLICATE, replaced, type States } from './definitions.ts';
import type { Scenario } from './moves.ts';

/** A mistake that somebody could make, and what must be said about it. */
export interface Mistake {
  scenario: Scenario;
  caught: RegExp;
}

/** A model that finds nothing may be one that cannot: each of these must be found, and by the invariant that it breaks. */
export const MISTAKES: Record<string, Mistake> = {
  'lets go of the lease although somebody waits': {
    scenario: of((states) => {
      replaced(states, 'ReleaseLease', ' AND attribute_not_exists(pending)', '');
      replaced(states, 'SettleInSync', ' AND attribute_not_exists(pending)', '');
    }, 2),
    caught: /has still a pending|a push is lost/,
  },
  'leaves a mark although nobody holds the lease': {
    scenario: of((states) => {
      delete states['LeavePending']!.Parameters.ConditionExpression;
    }, 2),
    caught: /LeavePending ends with States.Runtime: there is no \$.Attributes.holder.S/,
  },
  'takes the lease whoever holds it': {
    scenario: of((states) => {
      delete states['AcquireLease']!.Parameters.ConditionExpression;
    }, 2),
    caught: /2 executions run a task at the same time/,
  },
  'takes a lease over that somebody else took over': {
    scenario: of(
      (states) => {
        const { Parameters } = states['TakeOverLease']!;
        delete Parameters.ConditionExpression;
        delete Parameters.ExpressionAttributeValues[':dead'];
      },
      3,
      { crash: 1 },
    ),
    caught: /2 executions run a task at the same time/,
  },
  'takes every holder for alive': {
    scenario: of((states) => replaced(states, 'AskForHolder', '"status.$":"$.Status"', '"status":"RUNNING"'), 2, {
      crash: 1,
    }),
    caught: /leaves its work to e\d, of which it was told: ABORTED|a sweep afterwards has SUCCEEDED/,
  },
  'waits for ever for a holder that died': {
    scenario: of(
      (states) => replaced(states, 'IsHolderAlive', '"Default":"TakeOverLease"', '"Default":"CountWait"'),
      0,
      { crash: 1 },
      ['force', 'confirm'],
    ),
    caught: /from here on nothing ever ends|a sweep afterwards never ends/,
  },
  'takes the mark away and does not compare again': {
    scenario: of((states) => {
      states['TakePending']!.Next = 'ReleaseLease';
    }, 2),
    // Nobody sees the push that the mark stood for; the record still says that it is wanted.
    caught: /a push is lost|the record says .*"wantedSince"/,
  },
  'hands the lease over to nobody': {
    scenario: of(
      (states) => {
        states['HandOver']!.Next = 'HowItEnded';
      },
      2,
      { failingTask: 1 },
    ),
    caught: /has still a pending|a push is lost/,
  },
  'forgets what people were told': {
    scenario: of(
      (states) => {
        states['Alert']!.Next = 'ReleaseLease';
      },
      2,
      { unreadable: 2 },
    ),
    caught: /tells people a second time that the replica is unknown/,
  },
  'tells what was recorded in an earlier round': {
    scenario: {
      ...of(
        (states) => {
          states['RecordStillInSync']!.Catch[0]!.Next = 'Proven';
        },
        0,
        { lostAnswer: 1 },
        ['sweep', 'sweep'],
      ),
      told: 'behind',
    },
    caught: /tells people a second time that the replica is in-sync/,
  },
  'reads what may not be there': {
    scenario: of((states) => states['IsNews']!.Choices.shift(), 1, { unreadable: 1 }),
    caught: /States.Runtime: there is no \$.recorded.Attributes.told.S/,
  },
  'says that all is well after a task that did nothing': {
    scenario: of((states) => replaced(states, 'IsVerified', '"PauseBeforeLooking"', '"RecordInSync"'), 1, {
      refusingTask: 1,
    }),
    caught: /the record says in-sync, and the destination is at version 0 of 1/,
  },
  'pushes without comparing': {
    scenario: { ...of(undefined, 2, { crash: 1 }), habits: { writesWithoutCompare: true } },
    caught: /the destination moves back from version 2 to 1/,
  },
  'reads the source before the destination': {
    scenario: { ...of(undefined, 2, { crash: 1 }), habits: { readsSourceFirst: true } },
    caught: /the destination moves back from version 2 to 1/,
  },
};

function of(
  edit: ((states: States) => void) | undefined,
  pushes: number,
  faults: Scenario['faults'] = {},
  planned: Scenario['planned'] = [],
): Scenario {
  const definition = edit === undefined ? REPLICATE : edited(endlessPatience(REPLICATE), edit);
  return { definition, pushes, planned, faults, folded: true };
}
