import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Definition } from './asl.ts';

const FILE = join(import.meta.dirname, '..', '..', 'state-machines', 'replicate.asl.json');

/** The file that is deployed, as it is. */
export const REPLICATE = JSON.parse(readFileSync(FILE, 'utf8')) as Definition;

/** What edits change of a state. */
export interface EditableState {
  Next: string;
  Parameters: { ConditionExpression?: string; ExpressionAttributeValues: Record<string, unknown> };
  Catch: { Next: string }[];
  Choices: unknown[];
}
export type States = Record<string, EditableState>;

/** A copy in which the states are changed. An edit that changes nothing edits what is no longer there. */
export function edited(definition: Definition, edit: (states: States) => void): Definition {
  const copy = structuredClone(definition);
  edit(copy.States as unknown as States);
  if (JSON.stringify(copy) === JSON.stringify(definition)) throw new Error('an edit that changes nothing');
  return copy;
}

/** Replaces a part of a state's text that is there exactly once. */
export function replaced(states: States, name: string, old: string, now: string): void {
  const [before, after, ...more] = JSON.stringify(states[name] ?? null).split(old);
  if (after === undefined || more.length > 0) throw new Error(`${name} has not ${old} exactly once`);
  states[name] = JSON.parse(before + now + after) as EditableState;
}

/** The last round is the second, so that leases are handed over in an exploration that ends. */
export const fewRounds = (definition: Definition): Definition =>
  edited(definition, (states) => replaced(states, 'IsRoundLeft', '"NumericLessThan":20', '"NumericLessThan":2'));

/** A source that moved once moves too much. */
export const littleRest = (definition: Definition): Definition =>
  edited(definition, (states) => replaced(states, 'IsRestless', '"NumericLessThan":5', '"NumericLessThan":1'));

/** Who waits gives up when the holder is found alive a second time. */
export const littlePatience = (definition: Definition): Definition =>
  edited(definition, (states) => replaced(states, 'IsHolderAlive', '"NumericLessThan":240', '"NumericLessThan":1'));

/** Who waits does so for ever: 240 waits that differ in their number alone are 240 times as many states. */
export const endlessPatience = (definition: Definition): Definition =>
  edited(definition, (states) => replaced(states, 'CountWait', 'States.MathAdd($.waits.count, 1)', '$.waits.count'));

/** The first news of a sweep is already one of many. */
export const manyNews = (definition: Definition): Definition =>
  edited(definition, (states) => replaced(states, 'AreMany', '"NumericGreaterThan":5', '"NumericGreaterThan":0'));
