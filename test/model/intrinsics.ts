import type { Json } from './json.ts';
import { NotModelled, parsePath, RuntimeFailure, read } from './paths.ts';

/** What `$$` shows an execution of itself. */
export interface Context {
  execution: string;
}

/** All executions start at one moment and read their input at another: time decides nothing in the model. */
export const START_TIME = '2026-03-02T10:00:00.000Z';
export const STATE_MACHINE = 'the-state-machine';

export type Expression = (input: Json, context: Context) => Json;

const CONTEXT: Record<string, Expression> = {
  '$$.Execution.Id': (_, { execution }) => execution,
  '$$.Execution.StartTime': () => START_TIME,
  '$$.StateMachine.Id': () => STATE_MACHINE,
};

const FUNCTIONS: Record<string, (...args: Json[]) => Json> = {
  'States.MathAdd': (a, b) => integer(a) + integer(b),
  // What is random is the length of a pause, and the model has no clock.
  'States.MathRandom': (from, to) => Math.min(integer(from), integer(to)),
  'States.Array': (...items) => items,
  'States.ArrayLength': (list) => array(list).length,
  'States.ArrayGetItem': (list, index) => {
    const item = array(list)[integer(index)];
    if (item === undefined) throw new RuntimeFailure(`${JSON.stringify(list)} has no item ${index}`);
    return item;
  },
  'States.StringSplit': (text, separator) => string(text).split(string(separator)),
  'States.Format': (template, ...args) => {
    const parts = string(template).split('{}');
    if (parts.length !== args.length + 1) throw new RuntimeFailure(`${template} has not ${args.length} places`);
    return parts.map((part, index) => part + (index < args.length ? shown(args[index] as Json) : '')).join('');
  },
};

/** The value of a member whose name ends in `.$`: a path, a path into the context, or an intrinsic function. */
export function parseExpression(text: string): Expression {
  const { expression, rest } = parseNext(text);
  if (rest !== '') throw new NotModelled(`${rest} at the end of ${text}`);
  return expression;
}

interface Parsed {
  expression: Expression;
  rest: string;
}

function parseNext(text: string): Parsed {
  const name = /^States\.\w+(?=\()/.exec(text)?.[0];
  if (name !== undefined) return parseCall(name, text.slice(name.length + 1));
  const path = /^\$[\w.$]*/.exec(text)?.[0];
  if (path !== undefined) return { expression: pathExpression(path), rest: text.slice(path.length) };
  const quoted = /^'[^'\\]*'/.exec(text)?.[0];
  if (quoted !== undefined) return { expression: () => quoted.slice(1, -1), rest: text.slice(quoted.length) };
  const number = /^-?\d+/.exec(text)?.[0];
  if (number !== undefined) return { expression: () => Number(number), rest: text.slice(number.length) };
  throw new NotModelled(`the expression ${text}`);
}

function parseCall(name: string, list: string): Parsed {
  const apply = FUNCTIONS[name];
  if (apply === undefined) throw new NotModelled(`the function ${name}`);
  const args: Expression[] = [];
  for (let text = list; ; ) {
    const { expression, rest } = parseNext(text);
    args.push(expression);
    const [end = ''] = /^(, *|\))/.exec(rest) ?? [];
    if (end === '') throw new NotModelled(`${rest} after an argument of ${name}`);
    text = rest.slice(end.length);
    if (end === ')')
      return { expression: (input, context) => apply(...args.map((arg) => arg(input, context))), rest: text };
  }
}

function pathExpression(text: string): Expression {
  if (text.startsWith('$$')) {
    const expression = CONTEXT[text];
    if (expression === undefined) throw new NotModelled(`the path ${text}`);
    return expression;
  }
  const path = parsePath(text);
  return (input) => read(input, path);
}

function integer(value: Json | undefined): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new RuntimeFailure(`${JSON.stringify(value)} is no integer`);
}

function string(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new RuntimeFailure(`${JSON.stringify(value)} is no string`);
}

function array(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new RuntimeFailure(`${JSON.stringify(value)} is no array`);
}

const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
