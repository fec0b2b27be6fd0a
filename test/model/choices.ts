import { isObject, type Json, type JsonObject } from './json.ts';
import { find, NotModelled, parsePath, read } from './paths.ts';

export type Condition = (input: Json) => boolean;

type Operator = (found: Json, value: Json, input: Json) => boolean;

/** A value of another type is not equal, and not less: that is no error for Step Functions. */
const OPERATORS: Record<string, Operator> = {
  StringEquals: (found, value) => found === value,
  StringEqualsPath: (found, path, input) => typeof found === 'string' && found === reference(input, path),
  StringMatches: (found, pattern) => typeof found === 'string' && wildcards(String(pattern)).test(found),
  BooleanEquals: (found, value) => found === value,
  NumericEquals: (found, value) => typeof found === 'number' && found === value,
  NumericEqualsPath: (found, path, input) => typeof found === 'number' && found === reference(input, path),
  NumericLessThan: (found, value) => typeof found === 'number' && found < (value as number),
  NumericGreaterThan: (found, value) => typeof found === 'number' && found > (value as number),
  TimestampLessThanPath: (found, path, input) => instant(found) < instant(reference(input, path)),
};

/** One rule of a `Choices` list, without its `Next`. */
export function parseCondition(rule: JsonObject): Condition {
  const [first, ...others] = Object.keys(rule).filter((key) => key !== 'Variable');
  if (first === undefined || others.length > 0) throw new NotModelled(`the rule ${JSON.stringify(rule)}`);
  const value = rule[first] as Json;
  if ('Variable' in rule) return parseTest(first, String(rule['Variable']), value);
  if (first === 'Not') return not(parseCondition(object(value)));
  if ((first !== 'And' && first !== 'Or') || !Array.isArray(value)) throw new NotModelled(`the operator ${first}`);
  const parts = value.map((part) => parseCondition(object(part)));
  // In order, and no further than is needed: rules ask IsPresent first.
  return first === 'And' ? (input) => parts.every((part) => part(input)) : (input) => parts.some((part) => part(input));
}

function parseTest(name: string, variable: string, value: Json): Condition {
  const path = parsePath(variable);
  if (name === 'IsPresent') return (input) => (find(input, path) !== undefined) === value;
  const operator = OPERATORS[name];
  if (operator === undefined) throw new NotModelled(`the operator ${name}`);
  return (input) => operator(read(input, path), value, input);
}

const not =
  (condition: Condition): Condition =>
  (input) =>
    !condition(input);

function object(value: Json): JsonObject {
  if (!isObject(value)) throw new NotModelled(`the rule ${JSON.stringify(value)}`);
  return value;
}

const reference = (input: Json, path: Json): Json => read(input, parsePath(String(path)));

/** NaN, which is less than nothing, for what is no timestamp. */
const instant = (value: Json): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

const patterns = new Map<string, RegExp>();

function wildcards(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  if (pattern.includes('\\')) throw new NotModelled(`an escape in ${pattern}`);
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]]/g, '\\$&'));
  const made = new RegExp(`^${parts.join('.*')}$`, 's');
  patterns.set(pattern, made);
  return made;
}
