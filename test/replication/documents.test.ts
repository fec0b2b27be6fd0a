import {
  findReplica,
  otherAccountOf,
  parsePolicy,
  parseSettings,
  parseTask,
  type Side,
} from '../../replication/settings.ts';

const side = (repository: string) => ({ region: 'eu-west-1', repository });
const replica = (changes: object = {}) => ({ id: 'a', source: side('S'), destination: side('D'), ...changes });
const settingsOf = (...replicas: object[]) => parseSettings(JSON.stringify({ replicas }));

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ name: 'ReplicationError', code: 'input' });
    return (error as Error).message;
  }
  throw new Error('no error');
}
const isTaken = (work: () => unknown): boolean => {
  try {
    work();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ReplicationError', code: 'input' });
    return false;
  }
};

describe('what is wrong is shown', () => {
  const idOf = (id: unknown) => messageOf(() => settingsOf(replica({ id }))).replace(/: expected .*/, '');

  it.each<[unknown, string]>([
    ['a b', '"a b"'],
    ['a@b c', '"a@b c"'],
    ['a?b@c', '"a?b@c"'],
    [':CANARY@x', '"…@x"'],
    ['u:CANARY@x', '"…@x"'],
    ['u:CANARY@x?token=CANARY', '"…@x?…"'],
    ['https://u:CANARY@h/a', '"…@h/a"'],
    ['https://h/a?token=CANARY', '"https://h/a?…"'],
    ['https://u:CANARY?@h/a', '"…"'],
    [7, '7'],
    [null, 'null'],
    [true, 'true'],
    [[], '[]'],
    [['CANARY'], 'a list'],
    [{ a: 'CANARY' }, 'an object'],
    ['x y'.repeat(100), `"${'x y'.repeat(100).slice(0, 79)}…`],
  ])('%j as %s', (id, shown) => {
    expect(idOf(id)).toBe(`replication.json: replicas.0.id is ${shown}`);
  });

  it('with the kind of thing that is expected', () => {
    const of = (changes: object) => messageOf(() => settingsOf(replica(changes)));

    expect(of({ id: 7 })).toBe('replication.json: replicas.0.id is 7: expected of type string');
    expect(of({ policy: 7 })).toBe('replication.json: replicas.0.policy is 7: expected an object');
    expect(of({ policy: { refs: 'x' } })).toBe('replication.json: replicas.0.policy.refs is "x": expected a list');
    expect(messageOf(() => parseSettings('[]'))).toBe('replication.json: the document is []: expected an object');
    expect(of({ policy: { deletes: 'x' } })).toBe(
      'replication.json: replicas.0.policy.deletes is "x": expected one of "mirror", "keep"',
    );
  });

  it('without the login of a URL that is none, in the field for one', () => {
    const message = messageOf(() => settingsOf(replica({ source: { url: 'CANARY@host.example/a' } })));

    expect(message).toMatch(/replicas\.0\.source\.url is "?…@host\.example\/a": expected the https:\/\/ URL/);
    expect(message).not.toContain('CANARY');
  });

  it('all at once, each apart', () => {
    expect(messageOf(() => settingsOf(replica({ id: 7 }), replica({ id: 8 })))).toBe(
      'replication.json: replicas.0.id is 7: expected of type string; replicas.1.id is 8: expected of type string',
    );
  });

  it('of the form that is meant', () => {
    const message = messageOf(() => settingsOf(replica({ source: { region: 'x', repository: 'S' } })));

    expect(message).toBe(
      'replication.json: replicas.0.source.region is "x": expected an AWS region such as "ap-northeast-3"',
    );
  });

  it('as no JSON, and where', () => {
    expect(messageOf(() => parseSettings(''))).toBe('replication.json is not JSON: Unexpected end of JSON input');
    expect(messageOf(() => parseTask('{'))).toMatch(/^the replica is not JSON: /);
    expect(messageOf(() => parsePolicy({ deletes: 1 }))).toMatch(/^the policy: deletes is 1: /);
  });
});

describe('a value that is taken', () => {
  const ARN = 'arn:aws:iam::111122223333:role/';
  const account = (changes: object = {}) => ({
    destination: {
      ...side('D'),
      account: { roleArn: `${ARN}push`, checkerRoleArn: `${ARN}read`, externalId: 'id', ...changes },
    },
  });
  const roles = (roleArn: string) => account({ roleArn, checkerRoleArn: `${roleArn.split('role/')[0]}role/other` });
  const policy = (given: object) => ({ policy: given });
  const secret = (name: string) => ({
    source: {
      url: 'https://h.example/a',
      secret: `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}`,
    },
  });
  const secretArn = (arn: string) => ({ source: { url: 'https://h.example/a', secret: arn } });

  it.each<[string, object, boolean]>([
    ['an id of 128 letters', { id: 'x'.repeat(128) }, true],
    ['an id of 129 letters', { id: 'x'.repeat(129) }, false],
    ['an id of nothing', { id: '' }, false],
    ['two roles of one account', account(), true],
    ['a role of China', roles('arn:aws-cn:iam::111122223333:role/x'), true],
    ['a role of no partition', roles('arn:aws1:iam::111122223333:role/x'), false],
    ['a role with something before', roles(`x${ARN}x`), false],
    ['a role with a path', roles(`${ARN}long/path/x`), true],
    ['a role with an empty step in its path', roles(`${ARN}/x`), false],
    ['a role with a name of 64 letters', roles(`${ARN}${'x'.repeat(64)}`), true],
    ['a role with a name of 65 letters', roles(`${ARN}${'x'.repeat(65)}`), false],
    ['a role of 640 characters', roles(`${ARN}${'p'.repeat(640 - ARN.length - 2)}/x`), true],
    ['a role of 641 characters', roles(`${ARN}${'p'.repeat(641 - ARN.length - 2)}/x`), false],
    ['an external id of two characters', account({ externalId: 'ab' }), true],
    ['an external id of one character', account({ externalId: 'a' }), false],
    ['an external id of 1224 characters', account({ externalId: 'x'.repeat(1224) }), true],
    ['an external id of 1225 characters', account({ externalId: 'x'.repeat(1225) }), false],
    ['a secret', secret('a'), true],
    ['a secret with a name of 512 letters', secret('x'.repeat(512)), true],
    ['a secret with a name of 513 letters', secret('x'.repeat(513)), false],
    ['a secret without a name', secret(''), false],
    ['a secret with something after', secret('a b'), false],
    ['a secret with something before', secretArn('xarn:aws:secretsmanager:eu-west-1:111122223333:secret:a'), false],
    ['a secret of China', secretArn('arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a'), true],
    ['a secret of no partition', secretArn('arn:aws1:secretsmanager:eu-west-1:111122223333:secret:a'), false],
    ['a secret of no region', secretArn('arn:aws:secretsmanager::111122223333:secret:a'), false],
    ['one ref', policy({ refs: ['refs/heads/main'] }), true],
    ['all refs of a kind', policy({ refs: ['refs/heads/*'] }), true],
    ['no refs', policy({ refs: [] }), false],
    ['a pattern of nothing', policy({ refs: ['refs/'] }), false],
    ['a pattern with something before', policy({ refs: ['xrefs/heads/*'] }), false],
    ['no percent', policy({ massChange: { percent: 0 } }), true],
    ['all percent', policy({ massChange: { percent: 100 } }), true],
    ['more than all percent', policy({ massChange: { percent: 100.5 } }), false],
    ['less than no percent', policy({ massChange: { percent: -1 } }), false],
    ['one head', policy({ massChange: { heads: 1 } }), true],
    ['no head', policy({ massChange: { heads: 0 } }), false],
    ['half a head', policy({ massChange: { heads: 1.5 } }), false],
  ])('%s: %j %s', (_what, changes, taken) => {
    expect(isTaken(() => settingsOf(replica(changes)))).toBe(taken);
  });

  it('names the second role where the two are one, or of two accounts', () => {
    for (const checkerRoleArn of [`${ARN}push`, 'arn:aws:iam::444455556666:role/read']) {
      expect(messageOf(() => settingsOf(replica(account({ checkerRoleArn }))))).toContain(
        'replicas.0.destination.account.checkerRoleArn is "',
      );
    }
  });

  it('has the account of its role', () => {
    const { destination } = settingsOf(replica(account())).replicas[0] as { destination: Side };

    expect(otherAccountOf(destination)).toBe('111122223333');
    expect(otherAccountOf(side('D'))).toBeUndefined();
  });
});

it('a policy of which only a part is given has the defaults for the rest', () => {
  expect(parsePolicy({})).toEqual({
    refs: ['refs/heads/*', 'refs/tags/*'],
    deletes: 'mirror',
    rewrites: 'mirror',
    massChange: { percent: 20, heads: 10 },
  });
  expect(parsePolicy({ massChange: { heads: 3 } }).massChange).toEqual({ percent: 20, heads: 3 });
});

it('a task whose source is its destination is refused', () => {
  expect(messageOf(() => parseTask(JSON.stringify(replica({ destination: side('S') }))))).toBe(
    '"a": source and destination are the same repository, S in eu-west-1',
  );
});

it('replicas in a circle are named in its order, without those that only lead into it', () => {
  const copy = (id: string, from: string, to: string) => ({ id, source: side(from), destination: side(to) });

  const message = messageOf(() =>
    settingsOf(copy('after', 'B', 'X'), copy('ab', 'A', 'B'), copy('bc', 'B', 'C'), copy('ca', 'C', 'A')),
  );

  expect(message).toMatch(
    /^replication\.json: "(ab", "bc", "ca|bc", "ca", "ab|ca", "ab", "bc)" replicate in a circle: [^;]*$/,
  );
  expect(settingsOf(copy('ab', 'A', 'B'), copy('bc', 'B', 'C'), copy('bd', 'B', 'D')).replicas).toHaveLength(3);
});

it('a replica that is its own source is said to be that, and no circle', () => {
  const self = { id: 'self', source: side('S'), destination: side('S') };

  expect(messageOf(() => settingsOf(self, { ...self, id: 'again' }))).toBe(
    'replication.json: "self": source and destination are the same repository, S in eu-west-1; "again" and "self" have the same destination, S in eu-west-1; "again": source and destination are the same repository, S in eu-west-1',
  );
});

it('a replica with settings that no task can be given is refused', () => {
  const refs = (length: number) => [`refs/heads/${'x'.repeat(length)}`];
  const chars = (length: number) =>
    JSON.stringify(JSON.stringify(settingsOf(replica({ policy: { refs: refs(length) } })).replicas[0])).length;
  const fits = 6000 - chars(0);

  expect(chars(fits)).toBe(6000);
  expect(messageOf(() => settingsOf(replica({ policy: { refs: refs(fits + 1) } })))).toContain(
    'settings of 6001 characters',
  );
});

it('a replica that there is not is told from those that there are, of which fifty are named', () => {
  const some = (count: number) =>
    settingsOf(...Array.from({ length: count }, (_, n) => replica({ id: `r${n}`, destination: side(`D${n}`) })));

  expect(messageOf(() => findReplica(some(0), 'x'))).toBe('"x" is not a replica: none is configured');
  expect(messageOf(() => findReplica(some(51), 'x'))).toMatch(/"r49"$/);
  expect(messageOf(() => findReplica(some(50), 'x'))).toMatch(/^"x" is not a replica: expected one of "r0", .*"r49"$/);
});
