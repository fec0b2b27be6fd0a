import { parseConfiguration } from '../../infra/configuration/read.ts';

function messageOf(json: string): string {
  try {
    parseConfiguration(json, 'my.json');
  } catch (error) {
    expect((error as Error).name).toBe('ReplicationError');
    return (error as Error).message;
  }
  throw new Error('no error');
}

const whole = (changes: object): string =>
  JSON.stringify({
    region: 'eu-west-1',
    repositories: [{ source: { repository: 'S' }, destinations: [{ region: 'us-west-2' }] }],
    ...changes,
  });

it.each([
  ['a control character where a value should be', '{"region":\u001b}'],
  ['a name with control characters twice', '{"a\r\u001b":1,"a\r\u001b":2}'],
  ['a tag’s name with control characters', whole({ tags: { 'a\n\u001b[2J': 'x' } })],
  [
    'tags’ names that differ in case alone, with control characters',
    whole({ tags: { 'a\u001b': 'x', 'A\u001b': 'x' } }),
  ],
  ['half a surrogate pair for a name', whole({ '\ud800': 1 })],
])('says on one line what is wrong with %s', (_what, json) => {
  expect(messageOf(json)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
});

it('says in short that a long name stands twice', () => {
  const name = 'x'.repeat(100_000);

  expect(messageOf(`{"${name}":1,"${name}":2}`).length).toBeLessThan(300);
});

it('shows no login in a name that stands twice', () => {
  const name = 'https://user:CANARY@host.example/a';

  const message = messageOf(`{"${name}":1,"${name}":2}`);

  expect(message).toContain('"…@host.example/a" stands twice in one object, in lines 1 and 1: keep one');
});

it('takes a comment that does not end for a comment to the end, however often another begins in it', () => {
  // Each one searched to the end would be 5,000,000,000 steps.
  expect(messageOf(`{${'/* '.repeat(100_000)}`)).toContain('there is a comment in line 1');
});
