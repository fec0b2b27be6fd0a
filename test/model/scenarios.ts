import { endlessPatience, fewRounds, littlePatience, littleRest, manyNews, REPLICATE } from './definitions.ts';
import type { Scenario } from './moves.ts';

/** What is explored with every `npm test`. One line each: its name says what happens in it. */
export const SCENARIOS: Record<string, Scenario> = {
  'three pushes': { definition: REPLICATE, pushes: 3 },
  'two pushes, two crashes': { definition: REPLICATE, pushes: 2, faults: { crash: 2 } },
  'three pushes, a crash': { definition: REPLICATE, pushes: 3, faults: { crash: 1 }, folded: true },
  'a crash, and an answer that is older than it': of(3, { crash: 1, staleAnswer: 1 }),
  'two answers that are lost': of(2, { lostAnswer: 2 }),
  'three pushes, and an answer that is lost': of(3, { lostAnswer: 1 }),
  'a table that is away': of(2, { outage: 1, crash: 1 }),
  'two tasks that fail, and a crash': of(2, { failingTask: 2, crash: 1 }),
  'a task that fails, of three pushes': of(3, { failingTask: 1 }),
  'a task that works unknown to its execution, and a crash': of(2, { strayTask: 1, crash: 1, failingTask: 1 }),
  'an execution that works and is not known': of(2, { hiddenExecution: 2, crash: 1 }),
  'tasks that are refused, and messages that are not sent': of(2, { refusingTask: 2, mutedAlert: 2, crash: 1 }),
  'sides that cannot be read, and messages that are not sent': of(2, { unreadable: 2, mutedAlert: 2, lostAnswer: 1 }),
  'a sweep, and trouble': of(1, { refusingTask: 1, unreadable: 1, lostAnswer: 1 }, ['sweep']),
  'a sweep with many news': { ...of(1, { refusingTask: 2, crash: 1 }, ['sweep']), definition: manyNews(REPLICATE) },
  'two sweeps of what people think is in trouble': { ...of(1, { lostAnswer: 1 }, ['sweep', 'sweep']), told: 'behind' },
  'two sweeps that can tell nobody': of(0, { unreadable: 2, mutedAlert: 2 }, ['sweep', 'sweep']),
  'the word of a person': { ...of(2, {}, ['force']), definition: endlessPatience(REPLICATE) },
  'the words of two people, and a crash': {
    ...of(0, { crash: 1 }, ['force', 'confirm']),
    definition: endlessPatience(REPLICATE),
  },
  'a person who waits, and answers that are lost': {
    ...of(1, { lostAnswer: 2, crash: 1 }, ['confirm']),
    definition: endlessPatience(REPLICATE),
  },
  'a person who waits in vain': { ...of(2, {}, ['force']), definition: littlePatience(REPLICATE) },
  'two people who wait in vain': {
    ...of(0, { lostAnswer: 1 }, ['force', 'confirm']),
    definition: littlePatience(REPLICATE),
  },
  'leases that are handed over': { ...of(3), definition: fewRounds(REPLICATE), executions: 5 },
  'a source that does not rest': { ...of(2, { strayTask: 1, failingTask: 1 }), definition: littleRest(REPLICATE) },
  'three pushes to a source that does not rest': { ...of(3), definition: littleRest(REPLICATE) },
};

/** With `CCREPL_MODEL=large`: some millions of states, which take minutes and gigabytes. */
export const LARGE_SCENARIOS: Record<string, Scenario> = {
  'three pushes, two crashes, each state a step': {
    definition: REPLICATE,
    pushes: 3,
    faults: { crash: 2, staleAnswer: 1 },
  },
  'four pushes': of(4),
  'three pushes, and two answers that are lost': of(3, { lostAnswer: 2 }),
  'two tasks that fail, of three pushes, and a crash': of(3, { failingTask: 2, crash: 1 }),
  'executions that work and are not known': of(3, { hiddenExecution: 1, crash: 1 }),
  'a table that is away, a sweep, and a crash': of(2, { outage: 1, crash: 1 }, ['sweep']),
  'a sweep, two pushes, and trouble': of(2, { refusingTask: 1, unreadable: 1, mutedAlert: 1 }, ['sweep']),
  'leases that are handed over, and a crash': {
    ...of(3, { crash: 1, lostAnswer: 1 }),
    definition: fewRounds(REPLICATE),
    executions: 5,
  },
  'the words of two people, a push and a crash': {
    ...of(1, { crash: 1 }, ['force', 'confirm']),
    definition: endlessPatience(REPLICATE),
  },
  'two people who wait in vain, and a push': {
    ...of(1, {}, ['force', 'confirm']),
    definition: littlePatience(REPLICATE),
  },
  'three pushes to a source that does not rest, and a task that works unknown to its execution': {
    ...of(3, { strayTask: 1 }),
    definition: littleRest(REPLICATE),
  },
};

function of(pushes: number, faults: Scenario['faults'] = {}, planned: Scenario['planned'] = []): Scenario {
  return { definition: REPLICATE, pushes, planned, faults, folded: true };
}
