import { compile, type LocalState, type TaskState } from './asl.ts';
import type { Json, JsonObject } from './json.ts';

const CONTEXT = { execution: 'e1' };
const END = { Type: 'Fail', Error: 'E', CausePath: "States.Format('c')" };
const machine = (state: JsonObject) => compile({ StartAt: 'A', States: { A: state, B: END, C: END } });
const step = (state: JsonObject, input: Json) => (machine(state).states.get('A') as LocalState).step(input, CONTEXT);
const task = (more: JsonObject) =>
  machine({ Type: 'Task', Resource: 'r', Parameters: {}, Next: 'B', ...more }).states.get('A') as TaskState;
const choice = (rule: JsonObject) => ({ Type: 'Choice', Choices: [{ ...rule, Next: 'B' }], Default: 'C' });
const pass = (value: string) => ({ Type: 'Pass', Parameters: { 'x.$': value }, Next: 'B' });

it.each<[string, JsonObject]>([
  ['a type', { Type: 'Parallel', Next: 'B' }],
  ['a field', { Type: 'Pass', Result: 1, Next: 'B', OutputPath: '$.x' }],
  [
    'a field of a retrier',
    { Type: 'Task', Resource: 'r', Parameters: {}, Next: 'B', Retry: [{ ErrorEquals: ['E'], X: 1 }] },
  ],
  ['an operator', choice({ Variable: '$.x', NumericLessThanEquals: 1 })],
  ['two operators in a rule', choice({ Variable: '$.x', StringEquals: 'a', IsPresent: true })],
  ['a function', pass('States.UUID()')],
  ['a path with an index', pass('$.x[0]')],
  ['a path into the context', pass('$$.State.Name')],
  ['a path without its mark', { Type: 'Pass', Parameters: { x: '$.y' }, Next: 'B' }],
  ['a way to a state that is not there', { Type: 'Pass', Result: 1, Next: 'Nowhere' }],
])('refuses what it does not know: %s', (_, state) => {
  expect(() => machine(state)).toThrow(/the model does not know|which is not there/);
});

it.each<[string, JsonObject]>([
  ['Parameters', pass('$.x')],
  ['a function', pass('States.MathAdd($.x, 1)')],
  ['a rule', choice({ Variable: '$.x', StringEquals: 'a' })],
  ['the other side of a rule', choice({ Variable: '$.y', StringEqualsPath: '$.x' })],
  ['a Wait', { Type: 'Wait', SecondsPath: '$.x', Next: 'B' }],
  ['a Fail', { Type: 'Fail', ErrorPath: '$.x', CausePath: '$.y' }],
])('fails as Step Functions does where a path leads nowhere: that of %s', (_, state) => {
  expect(() => step(state, { y: 'text' })).toThrow('there is no $.x in {"y":"text"}');
});

it('asks no further than it must, so that a rule can ask first whether something is there', () => {
  const rule: JsonObject = {
    And: [
      { Variable: '$.x', IsPresent: true },
      { Variable: '$.x.y', StringEquals: 'a' },
    ],
  };

  expect(step(choice(rule), {})).toEqual({ next: 'C', data: {} });
  expect(step(choice(rule), { x: { y: 'a' } })).toMatchObject({ next: 'B' });
});

it('finds a retrier before a catcher, and knows what the wildcards leave out', () => {
  const state = task({
    Retry: [{ ErrorEquals: ['Known'], MaxAttempts: 0 }, { ErrorEquals: ['States.TaskFailed'] }],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'C' }],
  });
  const fail = (error: string, exhausted = false) => state.fail({ x: 1 }, { Error: error, Cause: 'c' }, exhausted);

  expect(fail('Other')).toBe('again');
  expect(fail('Other', true)).toEqual({ next: 'C', data: { x: 1, failure: { Error: 'Other', Cause: 'c' } } });
  expect(fail('Known')).toMatchObject({ next: 'C' });
  expect(fail('States.Timeout')).toMatchObject({ next: 'C' });
  expect(fail('States.Runtime')).toMatchObject({ end: 'FAILED' });
});
