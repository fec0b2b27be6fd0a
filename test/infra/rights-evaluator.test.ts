import { decide, matchesArn, statementsOf } from '../support/iam.ts';

const policy = (...Statement: object[]) => statementsOf({ Version: '2012-10-17', Statement }, 'a test');
const allow = (more: object = {}) => ({ Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::b/*', ...more });
const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} };

it('allows what a statement allows, and nothing else', () => {
  expect(decide(policy(allow()), get)).toBe('allowed');
  expect(decide(policy(allow()), { ...get, action: 's3:PutObject' })).toBe('not allowed');
  expect(decide(policy(allow()), { ...get, resource: 'arn:aws:s3:::c/k' })).toBe('not allowed');
});

it('compares actions as IAM does: in any case', () => {
  expect(decide(policy(allow({ Action: 'S3:getobject' })), get)).toBe('allowed');
});

it('lets a Deny win, wherever it stands', () => {
  expect(decide(policy(allow({ Effect: 'Deny', Resource: '*' }), allow()), get)).toBe('denied');
  expect(decide(policy(allow(), allow({ Effect: 'Deny', Resource: '*' })), get)).toBe('denied');
});

it.each([
  ['StringEquals', 'a', 'a', 'b'],
  ['StringLike', 'refs/heads/*', 'refs/heads/main', 'refs/tags/v1'],
  ['ArnLike', 'arn:aws:ecs:r:1:*', 'arn:aws:ecs:r:1:task/x', 'arn:aws:ecs:r:2:task/x'],
  ['ArnEquals', 'arn:aws:ecs:r:1:cluster/a', 'arn:aws:ecs:r:1:cluster/a', 'arn:aws:ecs:r:1:cluster/b'],
  ['Bool', 'true', 'true', 'false'],
])('holds %s where it holds, and not without the key, unless it says IfExists', (operator, pattern, yes, no) => {
  const of = (name: string) => policy(allow({ Condition: { [name]: { 'aws:Key': [pattern] } } }));
  const given = (value: string) => ({ ...get, context: { 'aws:key': value } });

  expect(decide(of(operator), given(yes))).toBe('allowed');
  expect(decide(of(operator), given(no))).toBe('not allowed');
  expect(decide(of(operator), get)).toBe('not allowed');
  expect(decide(of(`${operator}IfExists`), get)).toBe('allowed');
  expect(decide(of(`${operator}IfExists`), given(no))).toBe('not allowed');
});

it('at worst takes conditions of an Allow as met, and of a Deny as not', () => {
  const Condition = { StringEquals: { k: 'v' } };
  const worst = { ...get, context: 'worst' as const };

  expect(decide(policy(allow({ Condition })), worst)).toBe('allowed');
  expect(decide(policy(allow(), allow({ Effect: 'Deny', Condition })), worst)).toBe('allowed');
  expect(decide(policy(allow(), allow({ Effect: 'Deny' })), worst)).toBe('denied');
});

it('matches each part of an ARN for itself, and the resource with its colons as a whole', () => {
  expect(matchesArn('arn:aws:codecommit:*:1:R', 'arn:aws:codecommit:us-west-2:1:R')).toBe(true);
  expect(matchesArn('arn:aws:codecommit:u*R:1:R', 'arn:aws:codecommit:us-west-2:1:R')).toBe(false);
  expect(matchesArn('arn:aws:states:r:1:execution:m:*', 'arn:aws:states:r:1:execution:m:e')).toBe(true);
  expect(matchesArn('arn:aws:states:r:1:execution:m:*', 'arn:aws:states:r:1:execution:mm:e')).toBe(false);
  expect(matchesArn('arn:aws:s3:::b.c', 'arn:aws:s3:::bxc')).toBe(false);
});

it.each([
  ['NotAction', allow({ Action: undefined, NotAction: 's3:*' })],
  ['NotResource', allow({ NotResource: 'arn:aws:s3:::b/*' })],
  ['an operator', allow({ Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } })],
  ['a policy variable', allow({ Resource: `arn:aws:s3:::b/\${aws:username}` })],
  ['an effect', allow({ Effect: 'Perhaps' })],
])('refuses %s that it does not know, with the policy', (_what, statement) => {
  expect(() => policy(statement)).toThrow(/^the policy of a test has \{.*teach test\/support\/iam\.ts$/);
});
