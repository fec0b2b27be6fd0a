import { join } from 'node:path';
import { executionName } from '../../functions/on-push/execution-name.ts';
import { loadConfiguration } from '../../infra/configuration/load.ts';
import { parseConfiguration } from '../../infra/configuration/read.ts';
import { REPLICA_ID } from '../../replication/settings.ts';

const HOME = join(import.meta.dirname, '..', '..');
const OWN = '111122223333';
const OTHER = '222222222222';
const roles = (suffix = '', account = OTHER) => ({
  roleArn: `arn:aws:iam::${account}:role/writer${suffix}`,
  checkerRoleArn: `arn:aws:iam::${account}:role/checker${suffix}`,
  externalId: 'CANARY-external',
});
const key = (region: string, account = OWN) =>
  `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const sns = (region: string) => `arn:aws:sns:${region}:${OWN}:alerts`;
const network = { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'] };
/** A document with one entry, whose source is in the region of the configuration. */
const from = (source: object, ...destinations: object[]) => ({ repositories: [{ source, destinations }] });
const to = (...destinations: object[]) => from({ repository: 'Source' }, ...destinations);
const ROUTE = to({ region: 'ap-northeast-3' });
const there = (changes: object = {}, region = 'us-west-2') => ({ region, account: { ...roles(), ...changes } });
const two = { ...ROUTE.repositories[0], source: { region: 'eu-west-1', repository: 'Other' } };

const read = (document: object) =>
  parseConfiguration(JSON.stringify({ region: 'ap-northeast-1', ...ROUTE, ...document }), 'my.json');
const problemsOf = (work: () => unknown): string => {
  try {
    work();
    return 'no error';
  } catch (error) {
    expect((error as Error).name).toBe('ReplicationError');
    return (error as Error).message;
  }
};
const replicasOf = (document: object) => read(document).sources.flatMap(({ replicas }) => replicas);
const names = (count: number, length: number) => Array.from({ length: count }, (_, n) => `${n}-`.padEnd(length, 'n'));

describe('a wrong document is refused with the place, the value and what is allowed:', () => {
  it.each<[what: string, document: object, ...says: string[]]>([
    ['no region', { region: undefined }, 'region is missing'],
    ['a region by its city', { region: 'Tokyo' }, 'region is "Tokyo": expected an AWS region such as'],
    [
      'an account as a number',
      { account: 111122223333 },
      'account is 111122223333: expected the 12 digits',
      'in quotes',
    ],
    ['a short account', { account: '1111' }, 'account is "1111": expected the 12 digits of an AWS account'],
    ['nothing to replicate', { repositories: [] }, 'repositories is []: expected at least one repository'],
    ['no list', { repositories: {} }, 'repositories is an object: expected a list'],
    ['an unknown field', { repository: 'x' }, 'the document has unknown fields: "repository"'],
    ['no destination', to(), 'repositories.0.destinations is []: expected at least one destination'],
    [
      'a source by its name alone',
      from('Source' as never, { region: 'us-west-2' }),
      'repositories.0.source is "Source"',
    ],
    [
      'a repository of no name',
      from({ repository: 'a b' }, { region: 'us-west-2' }),
      'source.repository is "a b": expected a CodeCommit repository name',
    ],
    [
      'a name that ends in .git',
      to({ region: 'us-west-2', repository: 'S.git' }),
      'destinations.0.repository is "S.git"',
      'not ending in ".git"',
    ],
    ['a destination without a region', to({ repository: 'S' }), 'repositories.0.destinations.0.region is missing'],
    [
      'an id with a blank',
      to({ region: 'us-west-2', id: 'a b' }),
      'destinations.0.id is "a b": expected 1 to 128 letters',
    ],
    [
      'a long id',
      to({ region: 'us-west-2', id: 'i'.repeat(129) }),
      'destinations.0.id is "iii',
      'expected 1 to 128 letters',
    ],
    [
      'a source in another account',
      from({ repository: 'S', account: roles() }, { region: 'us-west-2' }),
      'source.account is an object: expected none',
      'a trigger of CodeCommit cannot call a function of another',
    ],
    [
      'plain http',
      from({ url: 'http://host/x' }, { region: 'us-west-2' }),
      'repositories.0.source.url is "http://host/x": expected an https:// URL',
    ],
    [
      'a login in a URL that stands for the whole source',
      { repositories: [{ source: 'https://me:CANARY@github.com/O/N.git', destinations: [] }] },
      'repositories.0.source is "…@github.com/O/N.git"',
    ],
    [
      'a login in a URL in the place of a name',
      from({ repository: 'me:CANARY@github.com/O/N' }, { region: 'us-west-2' }),
      'source.repository is "…@github.com/O/N"',
    ],
    ['a login in an object in the place of a list', { repositories: { url: 'https://u:CANARY@h/x' } }, 'is an object'],
    [
      'a token after a question mark',
      { ...to({ region: 'us-west-2', repository: 'https://h/x?private_token=CANARY' }) },
      'repository is "https://h/x?…"',
    ],
    [
      'a token after the question mark of a URL in its place',
      from({ url: 'http://host/x?private_token=CANARY' }, { region: 'us-west-2' }),
      'source.url is "http://host/x?…"',
    ],
    [
      'an external id that is not under its name',
      to({ region: 'us-west-2', account: ['arn:aws:iam::222222222222:role/w', 'CANARY'] }),
      'account is a list',
    ],
    [
      'a login in a URL',
      from({ url: 'https://u:CANARY@host/x' }, { region: 'us-west-2' }),
      'repositories.0.source.url is …@host/x',
      'put it into a secret',
    ],
    [
      'a URL of CodeCommit',
      from({ url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/N' }, { region: 'us-west-2' }),
      'expected "region" and "repository" for a repository of CodeCommit',
    ],
    [
      'a secret by its name',
      from({ url: 'https://host/x', secret: 'token' }, { region: 'us-west-2' }),
      'source.secret is "token": expected the ARN of a secret',
    ],
    [
      'a URL whose name CodeCommit cannot have',
      from({ url: 'https://host/a~b.git' }, { region: 'us-west-2' }),
      'repositories.0.destinations.0.repository is missing',
      '"a~b" is none for it',
    ],
    [
      'names that make no id',
      from({ url: 'https://host/a~b.git' }, { region: 'us-west-2', repository: 'ab' }),
      'repositories.0.destinations.0.id is missing',
      '"a~b--us-west-2", is none',
    ],
    [
      'names that make a long id',
      { account: OWN, ...from({ repository: 'n'.repeat(100) }, there({}, 'ap-northeast-3')) },
      'repositories.0.destinations.0.id is missing',
      'expected one of 1 to 128',
    ],
    [
      'one id twice',
      {
        repositories: [
          ...ROUTE.repositories,
          {
            source: { region: 'eu-west-1', repository: 'Source' },
            destinations: [{ region: 'ap-northeast-3', repository: 'Other' }],
          },
        ],
      },
      'repositories.0.destinations.0 and repositories.1.destinations.0 have the id "Source--ap-northeast-3": expected an "id" of its own',
    ],
    [
      'one destination twice',
      to({ region: 'us-west-2' }, { region: 'us-west-2', id: 'b' }),
      '"repositories.0.destinations.1" and "repositories.0.destinations.0" have the same destination, Source in us-west-2',
    ],
    [
      'a source as its own destination',
      to({ region: 'ap-northeast-1' }),
      '"repositories.0.destinations.0": source and destination are the same repository, Source in ap-northeast-1',
    ],
    [
      'a circle',
      {
        repositories: [
          ...ROUTE.repositories,
          { source: { region: 'ap-northeast-3', repository: 'Source' }, destinations: [{ region: 'ap-northeast-1' }] },
        ],
      },
      '"repositories.1.destinations.0"',
      'replicate in a circle',
    ],
    [
      'more refs than a task is told',
      { policy: { refs: names(300, 40).map((name) => `refs/heads/${name}`) } },
      '"repositories.0.destinations.0" has settings of',
      'name fewer refs',
    ],
    [
      'a policy that is none',
      { policy: { deletes: 'all' } },
      'policy.deletes is "all": expected one of "mirror", "keep"',
    ],
    [
      'a policy of an entry that is none',
      { repositories: [{ ...ROUTE.repositories[0], policy: { rewrites: 'x' } }] },
      'repositories.0.policy.rewrites is "x": expected one of "mirror", "archive", "refuse"',
    ],
    [
      'a policy of a destination that is none',
      to({ region: 'us-west-2', policy: { massChange: { percent: 101 } } }),
      'destinations.0.policy.massChange.percent is 101: expected a percentage from 0 to 100',
    ],
    [
      'a pattern with a star inside',
      { policy: { refs: ['refs/*/main'] } },
      'policy.refs.0 is "refs/*/main"',
      'a prefix that ends in "*"',
    ],
    ['no refs', { policy: { refs: [] } }, 'policy.refs is []: expected at least one'],
    ['a sweep each minute', { sweep: { everyMinutes: 1 } }, 'sweep.everyMinutes is 1: expected at least 5 minutes'],
    [
      'a sweep each week',
      { sweep: { everyMinutes: 10080 } },
      'sweep.everyMinutes is 10080: expected at most 1440 minutes',
    ],
    ['a sweep of half minutes', { sweep: { everyMinutes: 7.5 } }, 'sweep.everyMinutes is 7.5: expected a whole number'],
    ['minutes as a text', { sweep: { everyMinutes: '15' } }, 'sweep.everyMinutes is "15": expected of type number'],
    ['an address that is none', { alerts: { emails: ['me'] } }, 'alerts.emails.0 is "me": expected an e-mail address'],
    [
      'an address twice',
      { alerts: { emails: ['a@b.example', 'a@b.example'] } },
      'alerts.emails.1 is "a@b.example": it stands there twice',
    ],
    [
      'a login twice in the place of an address',
      { alerts: { emails: ['https://u:CANARY@h/x?t=CANARY', 'https://u:CANARY@h/x?t=CANARY'] } },
      'alerts.emails.1 is "…@h/x?…": it stands there twice',
    ],
    [
      'a login in two tags that are one to IAM',
      { tags: { 'https://u:CANARY@h': '1', 'https://U:CANARY@h': '2' } },
      'expected one of …@h, …@h: IAM takes them for one name',
    ],
    [
      'addresses and a topic',
      { alerts: { emails: ['a@b.example'], topicArn: sns('ap-northeast-1') } },
      'alerts: "topicArn" and "emails" are both given: expected one of them',
    ],
    [
      'a topic of another region',
      { alerts: { topicArn: sns('us-west-2') } },
      'alerts.topicArn is in us-west-2: expected one in ap-northeast-1',
    ],
    [
      'a second topic of another region',
      { alerts: { topicArn: sns('ap-northeast-1'), alarmTopicArn: sns('us-west-2') } },
      'alerts.alarmTopicArn is in us-west-2: expected one in ap-northeast-1',
    ],
    [
      'one topic as both',
      { alerts: { topicArn: sns('ap-northeast-1'), alarmTopicArn: sns('ap-northeast-1') } },
      'alerts: "topicArn" and "alarmTopicArn" are the same: expected another topic',
    ],
    [
      'a second topic by its name',
      { alerts: { alarmTopicArn: 'alarms' } },
      'alerts.alarmTopicArn is "alarms": expected an ARN such as "arn:aws:sns:',
    ],
    [
      'a topic by its name',
      { alerts: { topicArn: 'alerts' } },
      'alerts.topicArn is "alerts": expected an ARN such as "arn:aws:sns:',
    ],
    [
      'a network without subnets',
      { network: { ...network, subnetIds: [] } },
      'network.subnetIds is []: expected at least one subnet',
    ],
    [
      'a subnet twice',
      { network: { ...network, subnetIds: ['subnet-01234567', 'subnet-01234567'] } },
      'is "subnet-01234567": it stands there twice',
    ],
    [
      'more security groups than a task takes',
      { network: { ...network, securityGroupIds: names(6, 1).map((_, n) => `sg-0123456${n}`) } },
      'network.securityGroupIds is',
      'expected at most 5',
    ],
    [
      'a VPC by its name',
      { network: { ...network, vpcId: 'main' } },
      'network.vpcId is "main": expected an id such as "vpc-',
    ],
    [
      'a network for two regions',
      { network, repositories: [...ROUTE.repositories, two] },
      'network is of one region, but the sources are in ap-northeast-1 and eu-west-1',
      'a configuration file for each',
    ],
    ['CPU units that are none', { task: { cpu: 300 } }, 'task.cpu is 300: expected one of 256, 512, 1024, 2048, 4096'],
    [
      'CPU units without their memory',
      { task: { cpu: 512 } },
      'task.memoryMiB is missing: expected one that Fargate has with 512 CPU units: 1024, 2048',
    ],
    [
      'memory that Fargate has not',
      { task: { memoryMiB: 1536 } },
      'task.memoryMiB is 1536: expected one that Fargate has with 256 CPU units: 512, 1024, 2048',
    ],
    ['a retention that is none', { logs: { retentionDays: 42 } }, 'logs.retentionDays is 42: expected one of 1, 3, 5'],
    ['a tag of AWS', { tags: { 'AWS:x': 'y' } }, 'tags.AWS:x is "y"', '"aws:"'],
    ['a tag’s value that is none', { tags: { Team: 'a;b' } }, 'tags.Team is "a;b": expected at most 256 letters'],
    ['tags that IAM takes for one', { tags: { Team: 'a', team: 'b' } }, 'expected one of Team, team'],
    [
      'more than 50 tags',
      { tags: Object.fromEntries(names(51, 4).map((name) => [name, ''])) },
      'tags is an object: expected at most 50',
      'expected at most 50',
      'instead of 51',
    ],
    [
      'a key of another region',
      { encryption: key('us-west-2') },
      'encryption is in us-west-2: expected one in ap-northeast-1',
    ],
    ['no kind of encryption', { encryption: true }, 'encryption is true'],
    [
      'an alias of a key',
      { encryption: 'alias/x' },
      'encryption is "alias/x": expected "aws-owned", "own-key" or the ARN of a key',
    ],
    [
      'a key far from its repository',
      to({ region: 'us-west-2', kmsKeyArn: key('eu-west-1') }),
      'destinations.0.kmsKeyArn is in eu-west-1: expected a key in us-west-2',
    ],
    [
      'a key of another account than its repository',
      { account: OWN, ...to({ ...there(), kmsKeyArn: key('us-west-2') }) },
      `kmsKeyArn is of account ${OWN}: expected a key of ${OTHER}`,
    ],
    [
      'a key for what is not created',
      to({ region: 'us-west-2', create: false, kmsKeyArn: key('us-west-2') }),
      'destinations.0.kmsKeyArn is for a repository that is created: expected none beside "create": false',
    ],
    [
      'operators that are none',
      { operators: ['me'] },
      'operators.0 is "me": expected the ARN of an IAM user, a role or an account',
    ],
    [
      'another account, without ours',
      to(there()),
      'account is missing: expected that of the sources, which the other account must trust',
    ],
    [
      'our own account as another',
      { account: OTHER, ...to(there()) },
      `repositories.0.destinations.0.account names roles of ${OTHER}, the account of the sources`,
    ],
    [
      'another account without a checker',
      { account: OWN, ...to(there({ checkerRoleArn: undefined })) },
      'account.checkerRoleArn is missing',
    ],
    [
      'a checker that is the writer',
      { account: OWN, ...to(there({ checkerRoleArn: roles().roleArn })) },
      'account.checkerRoleArn is',
      'an identity that can push nowhere',
    ],
    [
      'an external id with a blank',
      { account: OWN, ...to(there({ externalId: 'CANARY x' })) },
      'account.externalId is not shown here: expected 2 to 1224',
    ],
    [
      'a role with two external ids',
      { account: OWN, ...to(there(), { ...there({ externalId: 'CANARY2' }), repository: 'B', id: 'b' }) },
      'repositories.0.destinations.0 and repositories.0.destinations.1 name the role',
      'different checker roles or external ids',
    ],
    [
      'a role for two regions',
      { account: OWN, ...to(there(), there({}, 'eu-west-1')) },
      `:role/writer in us-west-2 and eu-west-1: expected roles of their own for each region`,
    ],
    [
      'a checker for two roles',
      { account: OWN, ...to(there(), there({ roleArn: roles('2').roleArn }, 'eu-west-1')) },
      ':role/checker beside different roles',
    ],
    [
      'a checker that writes elsewhere',
      {
        account: OWN,
        ...to(there(), there({ roleArn: roles('2').roleArn, checkerRoleArn: roles().roleArn }, 'eu-west-1')),
      },
      ':role/writer, which is "roleArn" elsewhere',
    ],
    [
      'a role that would be made without its path',
      { account: OWN, ...to(there({ roleArn: `arn:aws:iam::${OTHER}:role/team/writer` })) },
      'account.roleArn is "arn:aws:iam::222222222222:role/team/writer"',
      'expected "…:role/writer"',
    ],
  ])('%s', (_what, document, ...says) => {
    const message = problemsOf(() => read(document));

    for (const one of ['my.json', ...says]) expect(message).toContain(one);
    expect(message).not.toContain('CANARY');
  });

  it.each<[what: string, text: string, says: string]>([
    [
      'a comment',
      '{\n  "region": "eu-west-1", // ours\n}',
      'there is a comment in line 2, and JSON has none: remove it',
    ],
    ['a comment of many lines', '{\n/* a\n b */ }', 'there is a comment in line 2'],
    [
      'a comma at the end',
      '{\n  "tags": {\n    "a": "b",\n  }\n}',
      'there is a comma before the "}" in line 4: remove it',
    ],
    ['a comma at the end of a list', '["a",\n]', 'there is a comma before the "]" in line 2'],
    [
      'a name twice',
      '{\n"policy": {"deletes": "keep"},\n"policy": {}}',
      '"policy" stands twice in one object, in lines 2 and 3: keep one',
    ],
    ['a missing comma', '{"externalId": "CANARY" "b": 1}', "Expected ',' or '}'"],
    ['a text that is no JSON', 'region: CANARY', 'Unexpected token'],
    ['nothing', '', 'Unexpected end'],
    ['half a document', '{"url": "https://u:CANARY@host', 'Unterminated string'],
  ])('%s in the file', (_what, text, says) => {
    const message = problemsOf(() => parseConfiguration(text, 'my.json'));

    expect(message).toContain('my.json is not JSON as it should be: ');
    expect(message).toContain(says);
    expect(message).not.toContain('CANARY');
  });

  it('what looks like a comment, and one name in two objects, is no fault', () => {
    const document = {
      tags: { a: 'https://x', b: '//c' },
      ...to({ region: 'us-west-2' }, { region: 'eu-west-1' }),
    };

    expect(read(document).tags).toEqual({ a: 'https://x', b: '//c' });
  });

  it('the file that is not there', () => {
    expect(problemsOf(() => loadConfiguration('/nowhere/replication.json'))).toBe(
      'there is no /nowhere/replication.json: copy replication.example.json to replication.json and write your repositories into it, or name another file (cdk -c config=FILE)',
    );
    expect(problemsOf(() => loadConfiguration(HOME))).toContain(`${HOME} cannot be read: EISDIR`);
  });
});

it('says all that is wrong at once, whether a field, a rule or a pair is wrong', () => {
  const fields = problemsOf(() => read({ region: 'x', account: 1, tags: 2, task: { cpu: 3 } }));
  for (const one of ['region is "x"', 'account is 1:', 'tags is 2', 'task.cpu is 3']) expect(fields).toContain(one);

  const rules = problemsOf(() =>
    read({
      alerts: { topicArn: sns('us-west-2'), emails: ['a@b.example'] },
      encryption: key('eu-west-1'),
      ...to(
        { region: 'ap-northeast-1' },
        { region: 'us-west-2', kmsKeyArn: key('eu-west-1') },
        there({}, 'eu-west-1'),
        there({}, 'eu-west-1'),
      ),
    }),
  );
  for (const one of [
    'are both given',
    'alerts.topicArn is in',
    'encryption is in',
    'same repository',
    'kmsKeyArn is in',
    'account is missing',
    'have the id',
    'have the same destination',
  ])
    expect(rules).toContain(one);
});

describe('what a document leaves out is filled in:', () => {
  it('the least that there can be has safe defaults', () => {
    const { sources, destinations, options, tags, account } = read({});

    expect(sources).toEqual([
      {
        region: 'ap-northeast-1',
        replicas: [
          {
            id: 'Source--ap-northeast-3',
            source: { region: 'ap-northeast-1', repository: 'Source' },
            destination: { region: 'ap-northeast-3', repository: 'Source' },
            policy: {
              refs: ['refs/heads/*', 'refs/tags/*'],
              deletes: 'mirror',
              rewrites: 'mirror',
              massChange: { percent: 20, heads: 10 },
            },
          },
        ],
        keys: [],
      },
    ]);
    expect(destinations).toEqual([
      {
        account: undefined,
        region: 'ap-northeast-3',
        roles: [],
        repositories: [
          {
            name: 'Source',
            description:
              'A replica of Source in ap-northeast-1, kept by ccrepl: what is pushed here is not replicated.',
          },
        ],
      },
    ]);
    expect(options).toEqual({
      sweepMinutes: 15,
      emails: [],
      topicArn: undefined,
      alarmTopicArn: undefined,
      network: undefined,
      task: { cpu: 256, memoryMiB: 512, architecture: 'ARM64' },
      logRetentionDays: 365,
      encryption: 'aws-owned',
      operators: [],
      reservedConcurrency: true,
    });
    expect(tags).toEqual({});
    expect(account).toBeUndefined();
  });

  it('everything that is given arrives', () => {
    const given = {
      $schema: './docs/replication.schema.json',
      account: OWN,
      sweep: { everyMinutes: 60 },
      alerts: { topicArn: sns('ap-northeast-1'), alarmTopicArn: `${sns('ap-northeast-1')}-of-alarms` },
      network: { ...network, securityGroupIds: ['sg-01234567'], assignPublicIp: true },
      task: { cpu: 1024, memoryMiB: 4096 },
      logs: { retentionDays: 30 },
      tags: { Team: 'platform' },
      encryption: key('ap-northeast-1'),
      operators: [`arn:aws:iam::${OWN}:root`],
      reservedConcurrency: false,
    };
    const { options, tags, account } = read(given);

    expect(options).toEqual({
      sweepMinutes: 60,
      emails: [],
      topicArn: given.alerts.topicArn,
      alarmTopicArn: given.alerts.alarmTopicArn,
      network: given.network,
      task: { cpu: 1024, memoryMiB: 4096, architecture: 'ARM64' },
      logRetentionDays: 30,
      encryption: { keyArn: given.encryption },
      operators: given.operators,
      reservedConcurrency: false,
    });
    expect([tags, account]).toEqual([given.tags, OWN]);
  });

  it('of a policy each field comes from the narrowest place that gives it, parts of massChange too', () => {
    const policies = replicasOf({
      policy: { deletes: 'keep', massChange: { percent: 5 } },
      repositories: [
        {
          source: { repository: 'Source' },
          policy: { rewrites: 'archive', massChange: { heads: 3 } },
          destinations: [
            { region: 'us-west-2' },
            { region: 'eu-west-1', policy: { refs: ['refs/heads/main'], massChange: { percent: 50 } } },
          ],
        },
        { source: { repository: 'Other' }, destinations: [{ region: 'us-west-2' }] },
      ],
    }).map(({ policy }) => policy);
    const all = ['refs/heads/*', 'refs/tags/*'];

    expect(policies).toEqual([
      { refs: all, deletes: 'keep', rewrites: 'archive', massChange: { percent: 5, heads: 3 } },
      { refs: ['refs/heads/main'], deletes: 'keep', rewrites: 'archive', massChange: { percent: 50, heads: 3 } },
      { refs: all, deletes: 'keep', rewrites: 'mirror', massChange: { percent: 5, heads: 10 } },
    ]);
  });

  it('another host runs in the region of the configuration, and its copy has the name at the end of its URL', () => {
    const secret = `arn:aws:secretsmanager:ap-northeast-1:${OWN}:secret:github-AbCdEf`;
    const { sources } = read({
      repositories: [
        { source: { url: 'https://github.com/owner/name.git/', secret }, destinations: [{ region: 'us-west-2' }] },
        { source: { repository: 'Source' }, destinations: [{ url: 'https://gitlab.example/g/s.git', secret }] },
      ],
    });

    expect(sources.map(({ region }) => region)).toEqual(['ap-northeast-1']);
    expect(sources[0]?.replicas.map(({ id, source, destination }) => ({ id, source, destination }))).toEqual([
      {
        id: 'name--us-west-2',
        source: { url: 'https://github.com/owner/name.git/', secret },
        destination: { region: 'us-west-2', repository: 'name' },
      },
      {
        id: 'Source--gitlab.example',
        source: { region: 'ap-northeast-1', repository: 'Source' },
        destination: { url: 'https://gitlab.example/g/s.git', secret },
      },
    ]);
  });

  it('sources in two regions are two deployments, and their copies in one region one stack', () => {
    const { sources, destinations } = read({ repositories: [...ROUTE.repositories, two] });

    expect(sources.map(({ region, replicas }) => [region, replicas.map(({ id }) => id)])).toEqual([
      ['ap-northeast-1', ['Source--ap-northeast-3']],
      ['eu-west-1', ['Other--ap-northeast-3']],
    ]);
    expect(destinations.map(({ region, repositories }) => [region, repositories.map(({ name }) => name)])).toEqual([
      ['ap-northeast-3', ['Source', 'Other']],
    ]);
  });

  it('a source may stand in two entries, and a copy in its own region under another name', () => {
    const replicas = replicasOf({
      repositories: [
        ...to({ region: 'us-west-2' }).repositories,
        ...to({ region: 'ap-northeast-1', repository: 'Copy' }).repositories,
      ],
    });

    expect(replicas.map(({ id, destination }) => [id, destination])).toEqual([
      ['Source--us-west-2', { region: 'us-west-2', repository: 'Source' }],
      ['Source--ap-northeast-1', { region: 'ap-northeast-1', repository: 'Copy' }],
    ]);
  });

  it('another account has its stack, with roles for all replicas that name them', () => {
    const { sources, destinations } = read({
      account: OWN,
      ...to(there(), { ...there(), repository: 'Kept', id: 'kept', create: false, policy: { refs: ['refs/heads/x'] } }),
    });

    expect(sources[0]?.replicas[0]?.id).toBe('Source--us-west-2--222222222222');
    expect(destinations).toEqual([
      {
        account: OTHER,
        region: 'us-west-2',
        repositories: [expect.objectContaining({ name: 'Source' })],
        roles: [
          {
            writerRoleName: 'writer',
            checkerRoleName: 'checker',
            externalId: 'CANARY-external',
            repositories: ['Source', 'Kept'],
            refs: ['refs/heads/*', 'refs/tags/*'],
            keys: [],
            homes: ['ap-northeast-1'],
          },
        ],
      },
    ]);
  });

  it('what is there is not made: no repository, no role, no stack', () => {
    const roleArn = `arn:aws:iam::${OTHER}:role/team/writer`;
    const existing = [
      { region: 'ap-northeast-3', create: false },
      { ...there({ roleArn }), create: false },
    ];

    expect(read({ account: OWN, ...to(...existing) }).destinations).toEqual([]);
  });

  it('long ids are ids, and those that begin alike start executions of different names', () => {
    const ids = replicasOf({
      repositories: names(2, 100).map((_, n) => ({
        source: { repository: `${'n'.repeat(99)}${n}` },
        destinations: [{ region: 'ap-northeast-3' }],
      })),
    }).map(({ id }) => id);
    const executions = ids.map((id) => executionName(id, ['an event']));

    expect(ids.every((id) => id.length > 54 && REPLICA_ID.test(id))).toBe(true);
    expect(new Set(executions).size).toBe(2);
    expect(executions.every((name) => name.length <= 80)).toBe(true);
  });

  it('a byte order mark before it does no harm', () => {
    const text = JSON.stringify({ region: 'ap-northeast-1', ...ROUTE });

    expect(parseConfiguration(`\uFEFF${text}`, 'my.json')).toEqual(parseConfiguration(text, 'my.json'));
  });
});

describe('more than the policies of IAM hold', () => {
  const many = (count: number, length: number) => ({
    repositories: names(count, length).map((repository, n) => ({
      source: { repository },
      destinations: [{ region: 'ap-northeast-3', id: `r${n}` }],
    })),
  });

  it('is refused with the need and the limit', () => {
    const message = problemsOf(() => read(many(200, 100)));

    expect(message).toContain('the 200 replicas with a source in ap-northeast-1 need 18 statements');
    expect(message).toContain(
      'IAM has room for 10: expected fewer, or shorter names; put the others into another account',
    );
  });

  it('is a matter of characters: shorter names are more replicas', () => {
    expect(problemsOf(() => read(many(100, 100)))).toBe('no error');
    expect(problemsOf(() => read(many(120, 100)))).toContain('IAM has room for');
    expect(problemsOf(() => read(many(220, 20)))).toBe('no error');
  });

  it('is refused where sources and destinations share a region, and the one denial is too long', () => {
    const here = names(40, 100).map((repository, n) => ({
      source: { repository },
      destinations: [{ region: 'ap-northeast-1', repository: `copy-${n}`, id: `r${n}` }],
    }));

    expect(problemsOf(() => read({ repositories: here }))).toContain(
      '40 sources are in a region that also has destinations',
    );
  });

  it('is refused where patterns of refs leave no room for repositories', () => {
    const refs = Array.from({ length: 60 }, (_, n) => `refs/heads/${`release-${n}-`.padEnd(60, 'x')}`);

    expect(problemsOf(() => read({ policy: { refs } }))).toContain('expected fewer patterns');
  });
});
