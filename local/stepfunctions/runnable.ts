import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { type State, statesOf } from './states.ts';

/** As long as a timer of Node can be, in whole seconds. The default on AWS is longer still. */
const TIMEOUT_SECONDS_MAX = 2_147_483;

/** Where {@link runnable} makes a definition look for the start of its execution. */
export const STARTED = 'Started';

/** The definition as the runner must get it to do what AWS does with the original. */
export function runnable(original: StateMachineDefinition): StateMachineDefinition {
  // The runner puts its own clock and, in a Map, the item's input over what it is given under these two names.
  const text = JSON.stringify(original).replace(/\$\$\.Execution\.(?=(?:Input|StartTime)\b)/g, () => `$$.${STARTED}.`);
  const definition = JSON.parse(text) as StateMachineDefinition;
  if (definition.TimeoutSeconds !== undefined) definition.TimeoutSeconds = timeout(definition.TimeoutSeconds);
  for (const state of statesOf(definition).values()) {
    if (state.Type === 'Task') limitTask(state);
    if (state.Type === 'Fail') evaluateFail(state);
    if (state.Type === 'Choice') state['Choices'] = (state['Choices'] as Rule[]).map(negated);
    for (const part of [state, ...((state['Catch'] as Record<string, unknown>[] | undefined) ?? [])]) replaceAll(part);
  }
  return definition;
}

const timeout = (seconds: number): number => Math.min(seconds, TIMEOUT_SECONDS_MAX);

/** Without a limit of its own, the runner would give a task 60 seconds. */
function limitTask(state: State): void {
  if (state['TimeoutSecondsPath'] !== undefined) return;
  state['TimeoutSeconds'] = timeout((state['TimeoutSeconds'] as number | undefined) ?? TIMEOUT_SECONDS_MAX);
}

/** The runner takes `$` for the name of a field, where it means the whole; so does no path at all. */
function replaceAll(part: Record<string, unknown>): void {
  if (part['ResultPath'] === '$') delete part['ResultPath'];
}

/** The runner takes only paths for `ErrorPath` and `CausePath`; AWS takes intrinsic functions too. */
function evaluateFail(state: State): void {
  const parameters: Record<string, unknown> = {};
  for (const field of ['ErrorPath', 'CausePath']) {
    if (typeof state[field] !== 'string') continue;
    parameters[`${field}.$`] = state[field];
    state[field] = `$.${field}`;
  }
  if (Object.keys(parameters).length > 0) state['Parameters'] = parameters;
}

type Rule = Record<string, unknown>;

const TYPE_TESTS = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'];

/** The runner never finds a test for `false` to hold, such as `"IsPresent": false`; `Not` it knows. */
function negated(rule: Rule): Rule {
  const { And, Or, Not, Next, ...test } = rule;
  const next = Next === undefined ? {} : { Next };
  if (Array.isArray(And)) return { And: And.map(negated), ...next };
  if (Array.isArray(Or)) return { Or: Or.map(negated), ...next };
  if (Not !== undefined) return { Not: negated(Not as Rule), ...next };
  const name = TYPE_TESTS.find((candidate) => test[candidate] === false);
  return name === undefined ? rule : { Not: { ...test, [name]: true }, ...next };
}
