import { type Condition, parseCondition } from './choices.ts';
import { type Failure, firstFor, parseCatchers, parseRetriers } from './failures.ts';
import { type Context, type Expression, parseExpression } from './intrinsics.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { NotModelled, parsePath, RuntimeFailure, read, write } from './paths.ts';
import { parseTemplate } from './templates.ts';

/** Where an execution goes from a state. */
export type Outcome = { next: string; data: Json } | End;
export type End = { end: 'SUCCEEDED'; output: Json } | { end: 'FAILED'; failure: Failure };

/** A state that needs nobody else: Pass, Choice, Wait, Fail. */
export interface LocalState {
  name: string;
  type: 'Pass' | 'Choice' | 'Wait' | 'Fail';
  /** Whether the execution ends here. */
  ends: boolean;
  step(input: Json, context: Context): Outcome;
}

/** A state that asks somebody: what is asked, and where each answer leads. */
export interface TaskState {
  name: string;
  type: 'Task';
  resource: string;
  template: JsonObject;
  parameters(input: Json, context: Context): Json;
  succeed(input: Json, result: Json, context: Context): Outcome;
  /** `again` if the state tries once more; `exhausted` says that it has tried often enough. */
  fail(input: Json, failure: Failure, exhausted: boolean): Outcome | 'again';
}

export type State = LocalState | TaskState;

export interface Machine {
  startAt: string;
  states: ReadonlyMap<string, State>;
}

/** A state machine file as parsed JSON. */
export interface Definition {
  StartAt: string;
  States: Record<string, JsonObject>;
}

const DEFINITION_FIELDS = ['Comment', 'StartAt', 'TimeoutSeconds', 'States'];
/** The fields of each type that this model knows. Anything else in the file stops it: a field not known is a step not modelled. */
const FIELDS: Record<string, readonly string[]> = {
  Task: ['Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'TimeoutSeconds', 'Retry', 'Catch', 'Next'],
  Pass: ['Parameters', 'Result', 'ResultPath', 'Next', 'End'],
  Choice: ['Choices', 'Default'],
  Wait: ['Seconds', 'SecondsPath', 'Next'],
  Fail: ['Error', 'ErrorPath', 'CausePath'],
};

/** Compiles a definition, or refuses it. */
export function compile(definition: Definition): Machine {
  refuseUnknown(definition as unknown as JsonObject, DEFINITION_FIELDS, 'the state machine');
  const states = new Map(
    Object.entries(definition.States).map(([name, state]) => {
      try {
        return [name, compileState(name, state)];
      } catch (error) {
        throw new NotModelled(`${name}: the model does not know ${(error as Error).message}`);
      }
    }),
  );
  for (const [name, state] of Object.entries(definition.States)) {
    for (const next of [definition.StartAt, ...nextOf(state)]) {
      if (!states.has(next)) throw new NotModelled(`${name} leads to ${next}, which is not there`);
    }
  }
  return { startAt: definition.StartAt, states };
}

function compileState(name: string, state: JsonObject): State {
  const type = String(state['Type']);
  const fields = FIELDS[type];
  if (fields === undefined) throw new NotModelled(`the type ${type}`);
  refuseUnknown(state, ['Type', 'Comment', ...fields], `a ${type} state`);
  if (type === 'Task') return compileTask(name, state);
  if (type === 'Pass') return compilePass(name, state);
  if (type === 'Choice') return compileChoice(name, state);
  return type === 'Wait' ? compileWait(name, state) : compileFail(name, state);
}

function compileTask(name: string, state: JsonObject): TaskState {
  const template = state['Parameters'] as JsonObject;
  const parameters = parseTemplate(template);
  const selector = state['ResultSelector'] === undefined ? undefined : parseTemplate(state['ResultSelector']);
  const store = resultWriter(state['ResultPath']);
  const retriers = parseRetriers(state['Retry']);
  const catchers = parseCatchers(state['Catch']).map((catcher) => ({
    ...catcher,
    store: resultWriter(catcher.resultPath),
  }));
  const next = text(state, 'Next');
  return {
    name,
    type: 'Task',
    resource: text(state, 'Resource'),
    template,
    parameters,
    succeed: (input, result, context) => ({
      next,
      data: store(input, selector === undefined ? result : selector(result, context)),
    }),
    fail(input, failure, exhausted) {
      if (!exhausted && (firstFor(retriers, failure.Error)?.attempts ?? 0) > 0) return 'again';
      const catcher = firstFor(catchers, failure.Error);
      return catcher === undefined
        ? { end: 'FAILED', failure }
        : { next: catcher.next, data: catcher.store(input, failure) };
    },
  };
}

function compilePass(name: string, state: JsonObject): LocalState {
  if ('Parameters' in state === 'Result' in state) throw new NotModelled('a Pass without one of Parameters and Result');
  const { Result } = state;
  const make: Expression = Result === undefined ? parseTemplate(state['Parameters'] as Json) : () => Result;
  const store = resultWriter(state['ResultPath']);
  if (state['End'] === true) {
    const end: LocalState['step'] = (input, context) => ({
      end: 'SUCCEEDED',
      output: store(input, make(input, context)),
    });
    return { name, type: 'Pass', ends: true, step: end };
  }
  const next = text(state, 'Next');
  return {
    name,
    type: 'Pass',
    ends: false,
    step: (input, context) => ({ next, data: store(input, make(input, context)) }),
  };
}

function compileChoice(name: string, state: JsonObject): LocalState {
  const rules = (state['Choices'] as JsonObject[]).map(({ Next, ...rule }): { next: string; holds: Condition } => ({
    next: String(Next),
    holds: parseCondition(rule),
  }));
  const otherwise = text(state, 'Default');
  return {
    name,
    type: 'Choice',
    ends: false,
    step: (data) => ({ next: rules.find(({ holds }) => holds(data))?.next ?? otherwise, data }),
  };
}

function compileWait(name: string, state: JsonObject): LocalState {
  if ('Seconds' in state === 'SecondsPath' in state) throw new NotModelled('a Wait without one length');
  const path = state['SecondsPath'] === undefined ? undefined : parsePath(text(state, 'SecondsPath'));
  const next = text(state, 'Next');
  return {
    name,
    type: 'Wait',
    ends: false,
    step(data) {
      const seconds = path === undefined ? 0 : read(data, path);
      if (!Number.isSafeInteger(seconds))
        throw new RuntimeFailure(`${JSON.stringify(seconds)} is no number of seconds`);
      return { next, data };
    },
  };
}

function compileFail(name: string, state: JsonObject): LocalState {
  const error = state['Error'] === undefined ? parseExpression(text(state, 'ErrorPath')) : () => text(state, 'Error');
  const cause = parseExpression(text(state, 'CausePath'));
  return {
    name,
    type: 'Fail',
    ends: true,
    step(input, context) {
      const failure = { Error: error(input, context), Cause: cause(input, context) };
      if (typeof failure.Error !== 'string' || typeof failure.Cause !== 'string')
        throw new RuntimeFailure(`${JSON.stringify(failure)} is no failure`);
      return { end: 'FAILED', failure: failure as Failure };
    },
  };
}

/** `ResultPath`: the whole by default, nothing at all for null. */
function resultWriter(at: Json | undefined): (input: Json, result: Json) => Json {
  if (at === null) return (input) => input;
  const path = parsePath(at === undefined ? '$' : String(at));
  return (input, result) => write(input, path, result);
}

function text(state: JsonObject, field: string): string {
  const value = state[field];
  if (typeof value !== 'string') throw new NotModelled(`a ${state['Type']} without ${field}`);
  return value;
}

function refuseUnknown(value: JsonObject, known: readonly string[], what: string): void {
  const unknown = Object.keys(value).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new NotModelled(`${unknown.join()} of ${what}`);
}

const nextOf = (state: JsonObject): string[] =>
  [state, ...((state['Choices'] ?? []) as JsonObject[]), ...((state['Catch'] ?? []) as JsonObject[])]
    .filter(isObject)
    .flatMap(({ Next, Default }) => [Next, Default].filter((name) => typeof name === 'string'));
