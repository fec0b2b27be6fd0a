import { describeSide, findReplica, parseSettings, parseTask, sideIdentity } from '../../replication/settings.ts';

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
    rewrites: 'mirror',
    massChange: { percent: 20, heads: 10 },
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
  expect(message).toContain('have the same destination, Destination in ap-northeast-3');
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
  expect(findReplica(settings, 'b').source).toMatchObject({ repository: 'S' });
});

it('reads for the task what it wrote for it, with what was confirmed', () => {
  const settings = parseSettings(JSON.stringify({ replicas: [replica('a')] }));
  const task = { ...settings.replicas[0], confirm: '0123456789abcdef' };

  expect(parseTask(JSON.stringify(settings.replicas[0]))).toEqual(settings.replicas[0]);
  expect(parseTask(JSON.stringify(task))).toEqual(task);
  expect(messageOf(() => parseTask(JSON.stringify({ ...task, confirm: 'yes' })))).toContain('confirm is "yes"');
});

describe('a repository of another host', () => {
  const secret = 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:github-AbCdEf';
  const from = (source: object) => JSON.stringify({ replicas: [{ ...replica('a'), source }] });

  it('is named by its URL, and its login by the secret that holds it', () => {
    const source = { url: 'https://github.com/owner/name.git', secret };

    expect(parseSettings(from(source)).replicas[0]?.source).toEqual(source);
    expect(parseSettings(from({ url: 'http://127.0.0.1:8080/r.git' })).replicas).toHaveLength(1);
  });

  it.each([
    [{ url: 'http://github.com/o/n' }, 'expected an https:// URL'],
    [{ url: 'https://u:CANARY@github.com/o/n' }, 'expected a URL without a login'],
    [{ url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/N' }, 'expected "region" and "repository"'],
    [{ url: 'ftp://host/o/n' }, 'expected the https:// URL of a git repository'],
    [{ url: 'https://host/o/n', secret: 'CANARY' }, 'expected the ARN of a secret'],
    [{ url: 'https://host/o/n', region: 'eu-west-1' }, 'has unknown fields: "region"'],
    [{ region: 'eu-west-1' }, 'replicas.0.source.repository is missing'],
    [{}, 'replicas.0.source.region is missing'],
    ['https://host/o/n', 'replicas.0.source is "https://host/o/n": expected an object'],
  ])('is refused as %j', (source, expected) => {
    const message = messageOf(() => parseSettings(from(source as object)));

    expect(message).toContain(expected);
    expect(message).not.toContain('u:CANARY');
  });
});

describe('pairs that would harm each other', () => {
  const host = (path: string) => ({ url: `https://${path}` });
  const codeCommit = (repository: string, region = 'ap-northeast-1') => ({ region, repository });
  const settingsOf = (...pairs: [source: object, destination: object][]) =>
    JSON.stringify({ replicas: pairs.map(([source, destination], n) => ({ id: `r${n}`, source, destination })) });

  it.each([
    [host('GitHub.com/Owner/Name'), host('github.com/owner/name.git/')],
    [host('git.example.com:443/x.git'), host('GIT.example.com/x')],
    [codeCommit('A'), codeCommit('A')],
  ])('are refused where %j is %j', (source, destination) => {
    expect(messageOf(() => parseSettings(settingsOf([source, destination])))).toContain(
      'source and destination are the same repository',
    );
  });

  it('are refused where two write to one repository, however it is spelt', () => {
    const both = settingsOf([codeCommit('A'), host('host/x')], [codeCommit('B'), host('HOST/x.git')]);

    expect(messageOf(() => parseSettings(both))).toContain(
      '"r1" and "r0" have the same destination, https://HOST/x.git',
    );
  });

  it('are refused where they go in a circle, and are fine in a chain', () => {
    const [a, b, c] = [codeCommit('A'), codeCommit('B'), codeCommit('C', 'eu-west-1')];

    expect(messageOf(() => parseSettings(settingsOf([a, b], [b, a])))).toContain('"r1", "r0" replicate in a circle');
    expect(messageOf(() => parseSettings(settingsOf([a, b], [b, c], [c, a])))).toContain('replicate in a circle');
    expect(messageOf(() => parseSettings(settingsOf([a, b], [b, c])))).toBe('no error');
    expect(messageOf(() => parseSettings(settingsOf([a, b], [a, c])))).toBe('no error');
  });
});

it('refuses a share or a number of heads that no guard could mean', () => {
  const policy = { rewrites: 'overwrite', massChange: { percent: 120, heads: 0.5 } };
  const message = messageOf(() => parseSettings(JSON.stringify({ replicas: [{ ...replica('a'), policy }] })));

  expect(message).toContain('policy.rewrites is "overwrite": expected one of "mirror", "archive", "refuse"');
  expect(message).toContain('policy.massChange.percent is 120: expected a percentage from 0 to 100');
  expect(message).toContain('policy.massChange.heads is 0.5: expected a whole number from 1');
});

it('refuses a replica whose settings no task could be given', () => {
  const refs = Array.from({ length: 300 }, (_, n) => `refs/heads/release-${n}/*`);
  const one = (list: string[]) => ({
    id: 'a',
    source: { region: 'eu-west-1', repository: 'S' },
    destination: { region: 'eu-west-2', repository: 'S' },
    policy: { refs: list },
  });

  expect(messageOf(() => parseSettings(JSON.stringify({ replicas: [one(refs)] })))).toMatch(
    /"a" has settings of \d+ characters, and a task is given at most 6000: name fewer refs/,
  );
  expect(parseSettings(JSON.stringify({ replicas: [one(refs.slice(0, 100))] })).replicas).toHaveLength(1);
  // Its quotation marks are escaped: the settings travel as JSON in JSON.
  const between = [...Array(1500).keys()].find(
    (n) => JSON.stringify(one(refs.slice(0, n + 1))).length > 5700,
  ) as number;
  expect(() => parseSettings(JSON.stringify({ replicas: [one(refs.slice(0, between + 1))] }))).toThrow(
    'name fewer refs',
  );
});

describe('another account', () => {
  const account = {
    roleArn: 'arn:aws:iam::222222222222:role/a/ccrepl-writer',
    checkerRoleArn: 'arn:aws:iam::222222222222:role/ccrepl-checker',
    externalId: 'CANARY+=,.@:/-_1',
  };
  const there = (changes: object = {}, side = { region: 'ap-northeast-3', repository: 'Destination' }) => ({
    ...side,
    account: { ...account, ...changes },
  });
  const to = (...destinations: object[]) =>
    JSON.stringify({
      replicas: destinations.map((destination, n) => ({ ...replica(`r${n}`, `Source${n}`), destination })),
    });

  it('is named by two roles and the external id that they ask for, and reaches the task as it is', () => {
    const [one] = parseSettings(to(there())).replicas;

    expect(one?.destination).toEqual(there());
    expect(parseTask(JSON.stringify(one)).destination).toEqual(there());
    expect(describeSide(there())).toBe('Destination in ap-northeast-3 of account 222222222222');
  });

  it.each<[string, object, string]>([
    ['no role to check with', { checkerRoleArn: undefined }, 'account.checkerRoleArn is missing'],
    ['no role to push with', { roleArn: undefined }, 'account.roleArn is missing'],
    ['no external id', { externalId: undefined }, 'account.externalId is missing'],
    ['one role for both', { checkerRoleArn: account.roleArn }, 'the checker must be an identity that can push nowhere'],
    [
      'roles of two accounts',
      { checkerRoleArn: 'arn:aws:iam::333333333333:role/ccrepl-checker' },
      'expected a role of the same account as "roleArn", arn:aws:iam::222222222222:',
    ],
    [
      'a user',
      { roleArn: 'arn:aws:iam::222222222222:user/x' },
      'account.roleArn is "arn:aws:iam::222222222222:user/x"',
    ],
    ['a role without a name', { roleArn: 'arn:aws:iam::222222222222:role/a/' }, 'expected the ARN of an IAM role'],
    ['a short external id', { externalId: 'C' }, 'expected 2 to 1224 letters, digits and characters'],
    ['a long external id', { externalId: 'CANARY'.repeat(205) }, 'expected 2 to 1224 letters'],
    ['an external id with a space', { externalId: 'CANARY x' }, 'account.externalId is not shown here: expected 2'],
    ['an unknown field', { role: 'x' }, 'account has unknown fields: "role"'],
  ])('is refused with %s, and the external id is never shown', (_what, changes, expected) => {
    const message = messageOf(() => parseSettings(to(there(changes))));

    expect(message).toContain(`replicas.0.destination.account`);
    expect(message).toContain(expected);
    expect(message).not.toContain('CANARY');
  });

  it('is refused for a source, because a trigger cannot cross accounts', () => {
    const { externalId, ...roles } = account;
    const source = { region: 'ap-northeast-1', repository: 'Source', account: { externalId, ...roles } };
    const message = messageOf(() => parseSettings(JSON.stringify({ replicas: [{ ...replica('a'), source }] })));

    expect(message).toContain('replicas.0.source.account is an object: expected none');
    expect(message).toContain('a trigger of CodeCommit cannot call a function of another');
    expect(message).not.toContain('CANARY');
  });

  it('makes another repository of the same region and name, and the same one of every role of it', () => {
    const same = replica('a').source;
    const [byOne, byAnother] = [there({}, same), there({ roleArn: 'arn:aws:iam::222222222222:role/other' }, same)];
    const elsewhere = there(
      {
        roleArn: 'arn:aws:iam::333333333333:role/w',
        checkerRoleArn: 'arn:aws:iam::333333333333:role/c',
      },
      same,
    );

    expect(sideIdentity(byOne)).toBe(sideIdentity(byAnother));
    expect(new Set([same, byOne, elsewhere].map(sideIdentity)).size).toBe(3);
    expect(
      messageOf(() => parseSettings(JSON.stringify({ replicas: [{ ...replica('a'), destination: byOne }] }))),
    ).toBe('no error');
    expect(messageOf(() => parseSettings(to(byOne, byAnother)))).toContain(
      '"r1" and "r0" have the same destination, Source in ap-northeast-1 of account 222222222222',
    );
    expect(messageOf(() => parseSettings(to(byOne, elsewhere, same)))).toBe('no error');
  });
});

it.each(['refs/heads/a?', 'refs/heads/[ab]', 'refs/heads/a~1', 'refs/heads/a^', 'refs/heads/a:b', 'refs/heads/a\\b'])(
  'refuses the pattern %s, which no ref can match',
  (pattern) => {
    const replica = {
      id: 'a',
      source: { region: 'eu-west-1', repository: 'A' },
      destination: { region: 'eu-west-2', repository: 'A' },
    };

    expect(() => parseSettings(JSON.stringify({ replicas: [{ ...replica, policy: { refs: [pattern] } }] }))).toThrow(
      'expected a ref name, or a prefix that ends in "*"',
    );
  },
);

it('answers at once about a value of any length', () => {
  const id = `a:?@${'b:?'.repeat(80_000)}`;
  const replica = {
    id,
    source: { region: 'eu-west-1', repository: 'A' },
    destination: { region: 'eu-west-2', repository: 'A' },
  };

  expect(() => parseSettings(JSON.stringify({ replicas: [replica] }))).toThrow('replicas.0.id is');
});
