import { readInput } from '../../replication/input.ts';
import { parseSettings, parseTask } from '../../replication/settings.ts';

const LOGIN = 'https://user:CANARY@host.example/a?token=CANARY';

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect((error as Error).name).toBe('ReplicationError');
    return (error as Error).message;
  }
  throw new Error('no error');
}

it.each([
  ['with a word without quotes', '{"externalId":"CANARY","confirm":x}'],
  ['with an external id without quotes', '{"externalId":CANARY}'],
  ['that begins with a control character', '\u001b[2J{"externalId":"CANARY"}'],
])('a task that is no JSON, %s, is refused without a word of what stands in it', (_what, json) => {
  const message = messageOf(() => parseTask(json));

  expect(message).toMatch(/^the replica is not JSON: /);
  expect(message).not.toMatch(/CANARY|[\0-\x1f]/);
});

it('shows no login in a field’s name, where a URL was meant for a value', () => {
  const message = messageOf(() => parseSettings(JSON.stringify({ replicas: [], [LOGIN]: {} })));

  expect(message).toBe('replication.json: the document has unknown fields: "…@host.example/a?…"');
});

it.each([
  ['a token with an "@"', 'https://host.example/a?token=x@CANARY'],
  ['a password with a question mark', 'https://user:CANARY?x@host.example/a'],
])('shows nothing of a URL that may have %s', (_what, url) => {
  const [side, name] = [{ source: { url }, [url]: 1 }, 'replicas.0'];

  const message = messageOf(() => parseSettings(JSON.stringify({ replicas: [side] })));

  expect(message).toContain(`${name}.source.url is "…": expected`);
  expect(message).toContain(`${name} has unknown fields: "…"`);
  expect(message).not.toContain('CANARY');
});

it('refuses an input that is nested deeper than it can be written again as a wrong input', () => {
  const settings = parseSettings('{"replicas":[]}');
  const reader = { settings, sweepArn: 'arn:aws:states:us-west-2:111122223333:stateMachine:s', now: new Date(0) };
  const replica = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;

  const message = messageOf(() => readInput({ stateMachine: 'replicate', input: { replica } as never }, reader));

  expect(message).toMatch(/^"replica" is nested too deep to be shown: expected /);
});

it('refuses an object with a length of no number, where a text or a list is expected, as a wrong input', () => {
  const destination = {
    region: 'us-west-2',
    repository: 'b',
    account: { roleArn: { length: { toString: 0, valueOf: 0 } } },
  };

  const message = messageOf(() => parseTask(JSON.stringify({ id: 'a', source: {}, destination })));

  expect(message).toBe('the replica has an object with a field "length" where a text or a list is expected');
});
