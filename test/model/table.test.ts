import type { JsonObject } from './json.ts';
import { updateItem } from './table.ts';

const Key = { id: { S: 'k' } };
const KEY = JSON.stringify(Key);
const item = { ...Key, a: { S: 'x' }, news: { SS: ['p'] } };
const update = (UpdateExpression: string, values: JsonObject, more: JsonObject = {}) =>
  updateItem({ [KEY]: item }, { TableName: 't', Key, UpdateExpression, ExpressionAttributeValues: values, ...more });
const V = { ':v': { S: 'v' } };

it('writes what the expression says, reading everything first', () => {
  const answer = update('SET b = a, a = :v, c = if_not_exists(a, :v) REMOVE d ADD news :more', {
    ...V,
    ':more': { SS: ['q', 'p'] },
  });

  expect(answer).toEqual({
    refused: false,
    table: { [KEY]: { ...Key, a: { S: 'v' }, b: { S: 'x' }, c: { S: 'x' }, news: { SS: ['p', 'q'] } } },
    response: {},
  });
});

it.each<[string, boolean]>([
  ['a = :v', false],
  ['a <> :v', true],
  ['nothing = :v', false],
  ['nothing <> :v', true],
  ['attribute_exists(a) AND a = :v OR attribute_not_exists(b)', true],
  ['attribute_exists(a) AND (a = :v OR attribute_not_exists(a))', false],
  ['size(news) < :two AND a <> :v', true],
  ['size(nothing) < :two AND a <> :v', false],
])('holds the condition %s to be %s', (ConditionExpression, holds) => {
  const values = ConditionExpression.includes(':two') ? { ...V, ':two': { N: '2' } } : V;

  expect(update('SET b = :v', values, { ConditionExpression }).refused).toBe(!holds);
});

it.each<[string, JsonObject]>([
  ['ALL_NEW', { Attributes: { ...item, a: { S: 'v' } } }],
  ['ALL_OLD', { Attributes: item }],
  ['UPDATED_NEW', { Attributes: { a: { S: 'v' } } }],
])('answers %s', (ReturnValues, response) => {
  expect(update('SET a = :v', V, { ReturnValues })).toMatchObject({ response });
});

it.each<[string, string, JsonObject, JsonObject]>([
  ['a section', 'DELETE a :v', V, {}],
  ['a function', 'SET a = list_append(b, :v)', V, {}],
  ['arithmetic', 'SET a = b + :v', V, {}],
  ['an attribute twice', 'SET a = :v REMOVE a', V, {}],
  ['a value that is not given', 'SET a = :w', {}, {}],
  ['a value that is not used', 'SET a = :v', { ...V, ':w': { S: 'w' } }, {}],
  ['an operator', 'SET a = :v', V, { ConditionExpression: 'a >= :v' }],
  ['a function in a condition', 'SET a = :v', V, { ConditionExpression: 'begins_with(a, :v)' }],
  ['NOT', 'SET a = :v', V, { ConditionExpression: 'NOT a = :v' }],
  ['a field', 'SET a = :v', V, { Expected: {} }],
])('refuses what it does not know, or DynamoDB refuses: %s', (_, expression, values, more) => {
  expect(() => update(expression, values, more)).toThrow();
});
