import { decide } from '../support/iam.ts';
import { synthesise } from '../support/infra.ts';
import { type Role, rolesOf } from '../support/roles.ts';
import {
  BIGGER,
  BOTH,
  CHAIN,
  destinationsOf,
  EXTERNAL_ID,
  MANY,
  OTHER_ACCOUNT,
  sourcesOf,
  TWO_HOMES,
} from './fixtures.ts';

/** All that changes what is in a repository, by AWS's list of CodeCommit's actions. */
const WRITES = [
  'CreateBranch',
  'CreateCommit',
  'CreateUnreferencedMergeCommit',
  'DeleteBranch',
  'DeleteFile',
  'DeleteRepository',
  'GitPush',
  'MergeBranchesByFastForward',
  'MergeBranchesBySquash',
  'MergeBranchesByThreeWay',
  'MergePullRequestByFastForward',
  'MergePullRequestBySquash',
  'MergePullRequestByThreeWay',
  'PutFile',
  'UpdateDefaultBranch',
  'UpdateRepositoryDescription',
  'UpdateRepositoryEncryptionKey',
  'UpdateRepositoryName',
].map((name) => `codecommit:${name}`);

const PUSH = 'codecommit:GitPush';

/** Whose role is to be trusted by whom; a role of none of these rows has no right to be there. */
function expectedTrust({ path, stack }: Role): object {
  const { region, account } = stack;
  const service = (name: string, Condition?: object) => ({
    Action: 'sts:AssumeRole',
    Effect: 'Allow',
    Principal: { Service: `${name}.amazonaws.com` },
    ...(Condition && { Condition }),
  });
  const from = (arn: string | string[]) => ({
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': arn },
  });
  const other = (role: string) => ({
    Action: 'sts:AssumeRole',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Condition: {
      StringEquals: { 'sts:ExternalId': EXTERNAL_ID },
      ArnEquals: { 'aws:PrincipalArn': [`arn:aws:iam::111122223333:role/${role}-ap-northeast-1`] },
    },
  });
  const machine = (name: string) => stack.arn('states', `stateMachine:${name}`);
  // The children of its distributed map are executions of `ccrepl-sweep/LABEL`.
  const sweep = [machine('ccrepl-sweep'), `${machine('ccrepl-sweep')}/*`];
  const rows: [RegExp, object][] = [
    [/^Replication\/Functions\/(OnPush|ReadInput|CompareHeads|SummariseSweep|Alert)\/Role$/, service('lambda')],
    [/^(Replication\/Triggers|Repositories)\/Provision\/Provision\/Role$/, service('lambda')],
    [/^(Replication\/Triggers|Repositories)\/Provision\/Framework\/framework-onEvent\/ServiceRole$/, service('lambda')],
    [/^Replication\/Task\/(Execution)?Role$/, service('ecs-tasks', from(`arn:aws:ecs:${region}:${account}:*`))],
    [/^Replication\/Workflow\/Replicate\/Role$/, service('states', from(machine('ccrepl-replicate')))],
    [/^Replication\/Workflow\/Sweep\/Role$/, service('states', from(sweep))],
    [
      /^Replication\/Schedule\/Role$/,
      service('scheduler', from(stack.arn('scheduler', 'schedule-group/ccrepl-sweep'))),
    ],
    [
      /^Replication\/Network\/FlowLogsRole$/,
      service('vpc-flow-logs', { StringEquals: { 'aws:SourceAccount': account } }),
    ],
    [
      /^Replication\/Operators\/Role$/,
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:role/Administrators' },
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
    ],
    [/^Roles-ccrepl-writer\/Writer$/, other('ccrepl-task')],
    [/^Roles-ccrepl-writer\/Checker$/, other('ccrepl-checker')],
  ];
  const row = rows.find(([pattern]) => pattern.test(path));
  if (row === undefined)
    throw new Error(`${stack.name}/${path} is a role that nobody has reviewed: expected ${rows.map(([one]) => one)}`);
  return row[1];
}

const named = ({ stack, path }: Role): string => `${stack.name}/${path}`;

describe.each([
  ...BOTH,
  ['a chain', CHAIN] as [string, object],
  ['sources in two regions', TWO_HOMES] as [string, object],
])('the rights of %s', (_name, document) => {
  const deployment = synthesise(document);
  const roles = rolesOf(deployment);
  const sources = sourcesOf(document);
  const all = [...new Set([...sources, ...destinationsOf(document)])];
  const role = (path: string): Role[] => roles.filter((one) => one.path === path);
  const may = (one: Role, action: string, resource: string, context: Record<string, string> | 'worst' = 'worst') =>
    decide(one.statements, { action, resource, context });

  it('let each role be taken by exactly who needs it', () => {
    expect(roles.map((one) => [named(one), one.trust])).toEqual(roles.map((one) => [named(one), [expectedTrust(one)]]));
  });

  it('deny each role every change of every source by name, whatever else is allowed', () => {
    const [onlySources, written] = [sources, destinationsOf(document)];
    const notDenied = roles.flatMap((one) =>
      onlySources
        .filter((arn) => !written.includes(arn))
        .flatMap((arn) =>
          WRITES.filter((action) => may(one, action, arn) !== 'denied').map((action) => [named(one), action, arn]),
        ),
    );

    expect(notDenied).toEqual([]);
    expect(roles.length).toBeGreaterThan(15);
  });

  it('let no role change a source, but for a copy that is itself a source: by its writer', () => {
    const changed = roles.flatMap((one) =>
      sources.flatMap((arn) =>
        WRITES.filter((action) => may(one, action, arn) === 'allowed').map((action) => [named(one), action, arn]),
      ),
    );
    const writers = destinationsOf(document).filter((arn) => sources.includes(arn));

    expect(changed.filter(([, , arn]) => !writers.includes(arn as string))).toEqual([]);
    expect(new Set(changed.map(([one]) => one))).toEqual(
      new Set(writers.map(() => 'ccrepl-ap-northeast-1/Replication/Task/Role')),
    );
  });

  it('let only the task, and the writer of another account, push: to destinations, and to nothing else', () => {
    const elsewhere = [
      'arn:aws:codecommit:eu-west-1:999999999999:Other',
      'arn:aws:codecommit:us-west-2:111122223333:Other',
    ];
    const pushes = roles.flatMap((one) =>
      [...all, ...elsewhere].filter((arn) => may(one, PUSH, arn) === 'allowed').map((arn) => `${named(one)} ${arn}`),
    );
    const expected = [
      ...deployment.sources.flatMap(({ name, region, account }) =>
        destinationsOf(document, region)
          .filter((arn) => arn.split(':')[4] === account)
          .map((arn) => `${name}/Replication/Task/Role ${arn}`),
      ),
      ...destinationsOf(document)
        .filter((arn) => arn.split(':')[4] === OTHER_ACCOUNT)
        .map((arn) => `ccrepl-destination-${OTHER_ACCOUNT}-${arn.split(':')[3]}/Roles-ccrepl-writer/Writer ${arn}`),
    ];

    expect(pushes.sort()).toEqual(expected.sort());
  });

  it('let the task push branches and tags, and no other refs; a push that has not named one yet begins', () => {
    for (const one of role('Replication/Task/Role')) {
      const to = destinationsOf(document, one.stack.region)[0] as string;
      const on = (ref: string) => may(one, PUSH, to, { 'codecommit:References': ref });

      expect(['refs/heads/main', 'refs/tags/v1', 'refs/tags/ccrepl-archive/0/heads/main'].map(on)).toEqual(
        Array(3).fill('allowed'),
      );
      expect(['refs/notes/commits', 'refs/pull/1/head', 'HEAD'].map(on)).toEqual(Array(3).fill('not allowed'));
      expect(may(one, PUSH, to, {})).toBe('allowed');
    }
  });

  it('let the checker push nowhere at all, by an explicit denial', () => {
    const checkers = [...role('Replication/Functions/CompareHeads/Role'), ...role('Roles-ccrepl-writer/Checker')];

    expect(checkers.length).toBeGreaterThan(0);
    for (const one of checkers)
      for (const arn of [...all, 'arn:aws:codecommit:eu-west-1:999999999999:Other'])
        expect(WRITES.filter((action) => may(one, action, arn) !== 'denied')).toEqual([]);
  });

  it('let the checker read every source and every destination of its account, and nothing else', () => {
    for (const one of role('Replication/Functions/CompareHeads/Role')) {
      const { region, account } = one.stack;
      const own = [...sources.filter((arn) => arn.split(':')[3] === region), ...destinationsOf(document, region)];
      const readable = all.filter((arn) => may(one, 'codecommit:GitPull', arn) === 'allowed');

      expect(readable.sort()).toEqual([...new Set(own.filter((arn) => arn.split(':')[4] === account))].sort());
    }
  });

  it('let a role of another account be taken only by the task and the checker, each its own', () => {
    const takes = roles.flatMap(({ path, statements }) =>
      statements
        .filter(({ effect, actions }) => effect === 'Allow' && actions.some((action) => action.startsWith('sts:')))
        .map(({ actions, resources }) => [path, actions, resources]),
    );
    const isCrossAccount = JSON.stringify(document).includes(OTHER_ACCOUNT);

    expect(takes).toEqual(
      isCrossAccount
        ? [
            [
              'Replication/Functions/CompareHeads/Role',
              ['sts:AssumeRole'],
              [`arn:aws:iam::${OTHER_ACCOUNT}:role/ccrepl-checker`],
            ],
            ['Replication/Task/Role', ['sts:AssumeRole'], [`arn:aws:iam::${OTHER_ACCOUNT}:role/ccrepl-writer`]],
          ]
        : [],
    );
  });

  it('let secrets be read only by the task and the checker, each by its ARN', () => {
    const readers = roles.flatMap(({ path, statements }) =>
      statements
        .filter(({ actions }) => actions.some((action) => action.startsWith('secretsmanager:')))
        .map(({ actions, resources }) => [path, actions, resources]),
    );
    const [secret] = /arn:aws:secretsmanager:[^"]+/.exec(JSON.stringify(document)) ?? [];

    expect(readers).toEqual(
      secret === undefined
        ? []
        : [
            ['Replication/Functions/CompareHeads/Role', ['secretsmanager:GetSecretValue'], [secret]],
            ['Replication/Task/Role', ['secretsmanager:GetSecretValue'], [secret]],
          ],
    );
  });

  it('let functions use no service but those of their work: never ECS or IAM', () => {
    const functions = roles.filter(({ trust }) =>
      trust.some(({ Principal }) => Principal.Service === 'lambda.amazonaws.com'),
    );
    const used = new Set(
      functions.flatMap(({ statements }) =>
        statements
          .filter(({ effect }) => effect === 'Allow')
          .flatMap(({ actions }) => actions.map((action) => action.split(':')[0] as string)),
      ),
    );
    const known = ['codecommit', 'kms', 'lambda', 'logs', 'secretsmanager', 'sns', 'sqs', 'states', 'sts', 'xray'];

    expect(functions.length).toBeGreaterThan(8);
    expect([...used].filter((service) => !known.includes(service))).toEqual([]);
  });

  it('let only replicate pass roles: the two of the task, to tasks', () => {
    for (const stack of deployment.sources) {
      const passed = [
        stack.one('AWS::IAM::Role', '/Task/Role').properties['RoleName'],
        stack.one('AWS::IAM::Role', '/Task/ExecutionRole').ref,
      ].map((name) => `arn:aws:iam::${stack.account}:role/${name}`);
      const candidates = roles.map(({ arn }) => arn);
      const passers = roles
        .filter((one) => one.stack === stack)
        .flatMap((one) =>
          candidates.filter((arn) => may(one, 'iam:PassRole', arn) === 'allowed').map((arn) => [one.path, arn]),
        );

      expect(passers.sort()).toEqual(passed.map((arn) => ['Replication/Workflow/Replicate/Role', arn]).sort());
      const [replicate] = role('Replication/Workflow/Replicate/Role').filter((one) => one.stack === stack) as [Role];
      const to = (service: string) =>
        may(replicate, 'iam:PassRole', passed[0] as string, { 'iam:PassedToService': service });
      expect([to('ecs-tasks.amazonaws.com'), to('lambda.amazonaws.com'), to('ec2.amazonaws.com')]).toEqual([
        'allowed',
        'not allowed',
        'not allowed',
      ]);
    }
  });

  it('let only replicate run tasks: of its family, in its cluster, and without a shell', () => {
    const runners = roles.filter(({ statements }) =>
      statements.some(
        ({ effect, actions }) => effect === 'Allow' && actions.some((action) => /^ecs:(Run|Start)Task$/i.test(action)),
      ),
    );
    expect(new Set(runners.map(({ path }) => path))).toEqual(new Set(['Replication/Workflow/Replicate/Role']));
    for (const one of runners) {
      const { stack } = one;
      const run = (family: string, cluster: string, more = {}) =>
        may(one, 'ecs:RunTask', stack.arn('ecs', `task-definition/${family}`), {
          'ecs:cluster': stack.arn('ecs', `cluster/${cluster}`),
          ...more,
        });

      expect(run('ccrepl-replicate:7', 'ccrepl')).toBe('allowed');
      expect(run('ccrepl-replicate', 'ccrepl', { 'ecs:enable-execute-command': 'false' })).toBe('allowed');
      expect(run('ccrepl-replicate-other:7', 'ccrepl')).toBe('not allowed');
      expect(run('ccrepl-replicate:7', 'default')).toBe('not allowed');
      expect(run('ccrepl-replicate:7', 'ccrepl', { 'ecs:enable-execute-command': 'true' })).toBe('denied');
    }
  });
});

describe.each([...BOTH, ['more sources than a policy has room for', MANY] as [string, object]])(
  'what may call the function on-push in %s',
  (_name, document) => {
    const deployment = synthesise(document);

    it('is CodeCommit alone, for repositories of this account and region, in every statement', () => {
      const permissions = deployment.of('AWS::Lambda::Permission');

      expect(permissions.length).toBeGreaterThan(0);
      for (const { properties } of permissions)
        expect(properties).toEqual({
          Action: 'lambda:InvokeFunction',
          FunctionName: expect.stringMatching(/:function:ccrepl-on-push$/),
          Principal: 'codecommit.amazonaws.com',
          SourceAccount: '111122223333',
          SourceArn: expect.stringMatching(/^arn:aws:codecommit:ap-northeast-1:111122223333:/),
        });
    });

    it('is each source by its ARN, as long as the policy holds them all', () => {
      const arns = deployment.of('AWS::Lambda::Permission').map(({ properties }) => properties['SourceArn']);

      expect(arns).toEqual(
        document === MANY ? ['arn:aws:codecommit:ap-northeast-1:111122223333:*'] : [...new Set(sourcesOf(document))],
      );
    });
  },
);

describe('the key of a destination', () => {
  const [key] = BIGGER.repositories.flatMap(({ destinations }) =>
    destinations.flatMap((one) => ('kmsKeyArn' in one && one.kmsKeyArn !== undefined ? [one.kmsKeyArn] : [])),
  );
  const users = (action: string) =>
    rolesOf(synthesise(BIGGER))
      .filter(({ statements }) => decide(statements, { action, resource: key as string, context: {} }) === 'allowed')
      .map(({ path }) => path);

  it('may be used by those who make, write and check what it protects, and the checker encrypts nothing', () => {
    const makers = ['Repositories/Provision/Provision/Role', 'Replication/Task/Role'];

    expect(new Set(users('kms:GenerateDataKey'))).toEqual(new Set(makers));
    expect(new Set(users('kms:Decrypt'))).toEqual(new Set([...makers, 'Replication/Functions/CompareHeads/Role']));
  });
});
