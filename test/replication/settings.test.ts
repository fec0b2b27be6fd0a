import { parseExecutionInput } from '../../replication/input.ts';
import { findReplica, parseReplica, parseSettings } from '../../replication/settings.ts';

const replica = (id: string, from = 'Source', to = 'Destination') => ({
  id,
  source: { region: 'ap-northeast-1', repository: from },
  destination: { region: 'ap-northeast-3', repository: to },
});
const messageOf = (work: () => unknown): string => {
  try {
    work();
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
};

it('fills in the safe defaults', () => {
  expect(parseSettings(JSON.stringify({ replicas: [replica('a')] })).replicas[0]?.policy).toEqual({
    refs: ['refs/heads/*', 'refs/tags/*'],
    deletes: 'mirror',
  });
});

it('says all that is wrong at once, each with its path, the value and what is expected', () => {
  const wrong = {
    replicas: [
      { ...replica('a b'), source: { region: 'tokyo', repository: 'x.git' }, policy: { deletes: 'all' }, more: 1 },
    ],
  };

  const message = messageOf(() => parseSettings(JSON.stringify(wrong)));

  expect(message).toContain('replicas.0.id is "a b": expected 1 to 128');
  expect(message).toContain('replicas.0.source.region is "tokyo": expected an AWS region');
  expect(message).toContain('replicas.0.source.repository is "x.git": expected a CodeCommit repository name');
  expect(message).toContain('replicas.0.policy.deletes is "all"');
  expect(message).toContain('"more"');
});

it('refuses two replicas that share an id or a destination, and one that is its own source', () => {
  const self = { ...replica('c'), destination: replica('c').source };

  const message = messageOf(() =>
    parseSettings(JSON.stringify({ replicas: [replica('a'), replica('a', 'Other'), self] })),
  );

  expect(message).toContain('two replicas have the id "a"');
  expect(message).toContain('have the same destination ap-northeast-3/Destination');
  expect(message).toContain('"c": source and destination are the same');
});

it.each([
  ['not JSON', 'nope', 'replication.json is not JSON'],
  ['a list', '[]', 'the document is []'],
  ['nothing', '{}', 'replicas is missing'],
])('refuses %s', (_what, text, expected) => {
  expect(messageOf(() => parseSettings(text))).toContain(expected);
});

it('names the valid ids for one that is not', () => {
  const settings = parseSettings(JSON.stringify({ replicas: [replica('a'), replica('b', 'S', 'D')] }));

  expect(messageOf(() => findReplica(settings, 'c\u001b'))).toBe(
    '"c\\u{1b}" is not a replica: expected one of "a", "b"',
  );
  expect(findReplica(settings, 'b').source.repository).toBe('S');
});

it('reads for the task what it wrote for it', () => {
  const settings = parseSettings(JSON.stringify({ replicas: [replica('a')] }));

  expect(parseReplica(JSON.stringify(settings.replicas[0]))).toEqual(settings.replicas[0]);
});

it.each([
  [null, 'the input is null'],
  ['Source', 'the input is "Source"'],
  [[], 'the input is []'],
  [{}, '"replica" is missing'],
  [{ replica: 7 }, '"replica" is 7'],
  [{ replica: 'a', url: 'https://evil' }, 'unknown fields: "url"'],
])('says what an execution’s input %j lacks', (input, expected) => {
  expect(messageOf(() => parseExecutionInput(input))).toContain(expected);
  expect(messageOf(() => parseExecutionInput(input))).toContain('expected {"replica":"ID"}');
});
