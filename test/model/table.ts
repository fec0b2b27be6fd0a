import { type Condition, type Operand, parseCondition, parseUpdate, type Update } from './expressions.ts';
import { canonical, isObject, type Json, type JsonObject } from './json.ts';
import { NotModelled } from './paths.ts';

/** Attributes as DynamoDB writes them: `{"S":"text"}`, `{"N":"1"}`, `{"SS":["a","b"]}`. */
export type Item = JsonObject;
/** All items, by key. */
export type Table = { readonly [key: string]: Item };

export type Answer = { refused: true } | { refused: false; table: Table; response: JsonObject };

interface Request {
  update: Update;
  condition: Condition | undefined;
}

const FIELDS = [
  'TableName',
  'Key',
  'UpdateExpression',
  'ConditionExpression',
  'ExpressionAttributeValues',
  'ReturnValues',
];
const requests = new Map<string, Request>();

/** `UpdateItem`: the condition and the write are one step. */
export function updateItem(table: Table, parameters: JsonObject): Answer {
  const unknown = Object.keys(parameters).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) throw new NotModelled(`${unknown.join()} of UpdateItem`);
  const { update, condition } = parse(String(parameters['UpdateExpression']), parameters['ConditionExpression']);
  const values = parameters['ExpressionAttributeValues'] as JsonObject;
  refuseOtherValues(update, condition, values);
  const key = canonical(parameters['Key'] as Json);
  const old = table[key];
  if (condition !== undefined && !holds(condition, old ?? {}, values)) return { refused: true };
  const now = apply(update, old ?? (parameters['Key'] as Item), values);
  return {
    refused: false,
    table: { ...table, [key]: now },
    response: response(parameters['ReturnValues'], update, old, now),
  };
}

function apply(update: Update, old: Item, values: JsonObject): Item {
  const item: Record<string, Json> = { ...old };
  // Everything on the right is read before anything is written.
  for (const { name, to } of update.set) item[name] = required(evaluate(to, old, values), name);
  for (const name of update.remove) delete item[name];
  for (const { name, value } of update.add) item[name] = union(old[name], values[value] as Json);
  return item;
}

function union(old: Json | undefined, more: Json): Json {
  if (!isObject(more) || !Array.isArray(more['SS'])) throw new NotModelled(`ADD of ${JSON.stringify(more)}`);
  const before = isObject(old) ? (old['SS'] as string[]) : [];
  return { SS: [...new Set([...before, ...(more['SS'] as string[])])].sort() };
}

function holds(condition: Condition, item: Item, values: JsonObject): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, item, values));
  if ('any' in condition) return condition.any.some((part) => holds(part, item, values));
  if ('exists' in condition) return condition.exists in item === condition.wanted;
  const [left, right] = sidesOf(condition).map((side) => evaluate(side, item, values));
  // What is not there is less than nothing, equal to nothing, and so unequal to everything.
  if (left === undefined || right === undefined) return 'unequal' in condition;
  if ('less' in condition) return numberIn(left) < numberIn(right);
  return (canonical(left) === canonical(right)) === 'equal' in condition;
}

type Comparison = Exclude<Condition, { all: Condition[] } | { any: Condition[] } | { exists: string }>;

function sidesOf(condition: Comparison): [Operand, Operand] {
  if ('less' in condition) return condition.less;
  return 'equal' in condition ? condition.equal : condition.unequal;
}

function evaluate(operand: Operand, item: Item, values: JsonObject): Json | undefined {
  if ('value' in operand) return values[operand.value];
  if ('name' in operand) return item[operand.name];
  if ('sizeOf' in operand) return sizeOf(item[operand.sizeOf]);
  return item[operand.ifNotExists] ?? evaluate(operand.otherwise, item, values);
}

function sizeOf(attribute: Json | undefined): Json | undefined {
  if (attribute === undefined) return undefined;
  if (!isObject(attribute) || !Array.isArray(attribute['SS']))
    throw new NotModelled(`size of ${JSON.stringify(attribute)}`);
  return { N: String(attribute['SS'].length) };
}

function numberIn(attribute: Json): number {
  if (!isObject(attribute) || typeof attribute['N'] !== 'string')
    throw new NotModelled(`${JSON.stringify(attribute)} as a number`);
  return Number(attribute['N']);
}

function response(wanted: Json | undefined, update: Update, old: Item | undefined, now: Item): JsonObject {
  if (wanted === undefined) return {};
  if (wanted === 'ALL_NEW') return { Attributes: now };
  if (wanted === 'ALL_OLD') return old === undefined ? {} : { Attributes: old };
  if (wanted !== 'UPDATED_NEW') throw new NotModelled(`ReturnValues ${JSON.stringify(wanted)}`);
  const names = [...update.set, ...update.add].map(({ name }) => name);
  return { Attributes: Object.fromEntries(names.map((name) => [name, now[name] as Json])) };
}

function parse(update: string, condition: Json | undefined): Request {
  const key = `${update}\n${condition}`;
  const known = requests.get(key);
  if (known !== undefined) return known;
  const made = {
    update: parseUpdate(update),
    condition: condition === undefined ? undefined : parseCondition(String(condition)),
  };
  requests.set(key, made);
  return made;
}

/** DynamoDB refuses a request that uses a value it was not given, or was given one that it does not use. */
function refuseOtherValues(update: Update, condition: Condition | undefined, values: JsonObject): void {
  const used = [...update.set.flatMap(({ to }) => valuesOf(to)), ...update.add.map(({ value }) => value)];
  if (condition !== undefined) used.push(...valuesIn(condition));
  const wrong = [
    ...used.filter((name) => values[name] === undefined),
    ...Object.keys(values).filter((name) => !used.includes(name)),
  ];
  if (wrong.length > 0) throw new NotModelled(`${wrong.join()}: used and not given, or given and not used`);
}

function valuesIn(condition: Condition): string[] {
  if ('exists' in condition) return [];
  if ('all' in condition) return condition.all.flatMap(valuesIn);
  return 'any' in condition ? condition.any.flatMap(valuesIn) : sidesOf(condition).flatMap(valuesOf);
}

function valuesOf(operand: Operand): string[] {
  if ('value' in operand) return [operand.value];
  return 'otherwise' in operand ? valuesOf(operand.otherwise) : [];
}

function required(value: Json | undefined, name: string): Json {
  if (value === undefined) throw new NotModelled(`${name} set to an attribute that is not there`);
  return value;
}
