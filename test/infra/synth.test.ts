import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfiguration } from '../../infra/configuration/read.ts';
import { type DeployedStack, type Deployment, synthesise } from '../support/infra.ts';
import { aFolderOfOurs, cdkSynth, type Synthesised } from '../support/infra-synth.ts';

const FIFTY = join(import.meta.dirname, 'configurations', 'fifty.json');
const documentOf = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

let example: Synthesised;
let fifty: Synthesised;
beforeAll(async () => {
  [example, fifty] = await Promise.all([
    cdkSynth(['-c', 'config=replication.example.json'], { validate: true }),
    cdkSynth(['-c', `config=${FIFTY}`]),
  ]);
});

describe('without credentials, network and docker, `cdk synth` makes', () => {
  it('the stacks of the example, and CDK’s own validation finds nothing', () => {
    expect(example).toMatchObject({ code: 0 });
    expect([...example.templates.keys()]).toEqual([
      'ccrepl-ap-northeast-1',
      'ccrepl-destination-ap-northeast-3',
      'ccrepl-destination-us-west-2',
    ]);
    expect(JSON.parse(readFileSync(join(example.folder, 'validation-report.json'), 'utf8')).pluginReports).toEqual([]);
  });

  it('the stacks of 50 replicas: three regions of copies, another host, another account', () => {
    const { sources } = parseConfiguration(readFileSync(FIFTY, 'utf8'), 'fifty.json');

    expect(sources.flatMap(({ replicas }) => replicas)).toHaveLength(50);
    expect(fifty).toMatchObject({ code: 0 });
    expect([...fifty.templates.keys()]).toEqual([
      'ccrepl-ap-northeast-1',
      'ccrepl-destination-222222222222-us-west-2',
      'ccrepl-destination-ap-northeast-3',
      'ccrepl-destination-eu-central-1',
      'ccrepl-destination-us-west-2',
    ]);
  });

  it.each([
    ['the example', () => example],
    ['50 replicas in a named account', () => fifty],
  ])('%s without anything to look up in AWS', (_what, of) => {
    expect(JSON.parse(readFileSync(join(of().folder, 'manifest.json'), 'utf8')).missing ?? []).toEqual([]);
  });

  it('each stack for its account and region, the sources’ after those of its copies', () => {
    const { artifacts } = JSON.parse(readFileSync(join(fifty.folder, 'manifest.json'), 'utf8'));
    const stacks = [...fifty.templates.keys()].map((name) => [name, artifacts[name].environment]);

    expect(stacks).toEqual([
      ['ccrepl-ap-northeast-1', 'aws://111122223333/ap-northeast-1'],
      ['ccrepl-destination-222222222222-us-west-2', 'aws://222222222222/us-west-2'],
      ['ccrepl-destination-ap-northeast-3', 'aws://111122223333/ap-northeast-3'],
      ['ccrepl-destination-eu-central-1', 'aws://111122223333/eu-central-1'],
      ['ccrepl-destination-us-west-2', 'aws://111122223333/us-west-2'],
    ]);
    expect(artifacts['ccrepl-ap-northeast-1'].dependencies).toEqual(
      expect.arrayContaining([
        'ccrepl-destination-ap-northeast-3',
        'ccrepl-destination-eu-central-1',
        'ccrepl-destination-us-west-2',
      ]),
    );
  });

  it('one resource for each repository that is made, and one trigger for each source of CodeCommit', () => {
    const count = (stack: string, type: string) =>
      Object.values(JSON.parse(fifty.templates.get(stack) ?? '').Resources as Record<string, { Type: string }>).filter(
        ({ Type }) => Type === type,
      ).length;

    expect(count('ccrepl-ap-northeast-1', 'Custom::CcreplTrigger')).toBe(24);
    const made = [...fifty.templates.keys()].map((stack) => count(stack, 'Custom::CcreplRepository'));
    // One of the 50 is there already.
    expect(made.reduce((sum, one) => sum + one, 0)).toBe(49);
  });
});

const CFN_LINT = spawnSync('cfn-lint', ['--version']).status === 0;
if (!CFN_LINT) process.stderr.write('cfn-lint is not installed: templates are not linted (pip install cfn-lint)\n');

(CFN_LINT ? it : it.skip)('cfn-lint finds no error in any template', () => {
  const files = [example, fifty].flatMap(({ folder, templates }) =>
    [...templates.keys()].map((name) => join(folder, `${name}.template.json`)),
  );
  const { stdout, stderr, status } = spawnSync('cfn-lint', ['-f', 'parseable', '--', ...files], { encoding: 'utf8' });
  // FILE:LINE:COLUMN:LINE:COLUMN:CODE:MESSAGE; bit 2 of the exit code is for errors.
  const errors = stdout.split('\n').filter((line) => /:E\d{4}:/.test(line));

  expect(files).toHaveLength(8);
  expect({ errors, stderr, failed: ((status ?? 255) & 2) !== 0 }).toEqual({ errors: [], stderr: '', failed: false });
});

describe('what is wrong is one clear message, without a stack trace, and exit code 1:', () => {
  const broken = () => {
    const file = join(aFolderOfOurs(), 'broken.json');
    writeFileSync(file, '{"region": "Tokyo", "repositories": [], "tags": 1}');
    return file;
  };

  it.each<[what: string, file: () => string, ...says: string[]]>([
    [
      'no file',
      () => '/nowhere/replication.json',
      'there is no /nowhere/replication.json: copy replication.example.json',
    ],
    ['a broken one', broken, 'region is "Tokyo"', 'repositories is []', 'tags is 1'],
  ])('%s', async (_what, file, ...says) => {
    const { code, said, templates } = await cdkSynth(['-c', `config=${file()}`]);

    expect(code).not.toBe(0);
    for (const one of says) expect(said).toContain(one);
    expect(said).not.toMatch(/^\s+at /m);
    expect(said.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(templates.size).toBe(0);
  });
});

/** What AWS refuses; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html and IAM’s quotas. */
const LIMITS = {
  resources: 500,
  templateBytes: 1_000_000,
  outputsAndParameters: 200,
  managedPolicyChars: 6144,
  inlineCharsOfARole: 10_240,
  managedPoliciesOfARole: 10,
};

const chars = (policy: unknown) => JSON.stringify(policy).replace(/\s/g, '').length;

/** What of a stack is above a limit, in words. */
function beyond(stack: DeployedStack): string[] {
  const { template } = stack;
  const problems: string[] = [];
  const check = (what: string, found: number, limit: number) => {
    if (found > limit) problems.push(`${stack.name}: ${what}: ${found} of ${limit}`);
  };
  check('resources', stack.resources.length, LIMITS.resources);
  check('bytes', Buffer.byteLength(JSON.stringify(template, undefined, 1)), LIMITS.templateBytes);
  for (const part of ['Outputs', 'Parameters'])
    check(part, Object.keys(template[part] ?? {}).length, LIMITS.outputsAndParameters);
  const managed = stack.of('AWS::IAM::ManagedPolicy');
  const inline = stack.of('AWS::IAM::Policy');
  for (const { id, properties } of managed) check(id, chars(properties['PolicyDocument']), LIMITS.managedPolicyChars);
  for (const role of stack.of('AWS::IAM::Role')) {
    const own = inline.filter(({ properties }) => properties['Roles'].includes(role.ref));
    const within = (role.properties['Policies'] ?? []) as { PolicyDocument: unknown }[];
    const documents = [
      ...own.map(({ properties }) => properties['PolicyDocument']),
      ...within.map((one) => one.PolicyDocument),
    ];
    check(
      `inline policies of ${role.id}`,
      documents.reduce((sum, one) => sum + chars(one), 0),
      LIMITS.inlineCharsOfARole,
    );
    const attached = managed.filter(({ properties }) => (properties['Roles'] ?? []).includes(role.ref));
    const named = role.properties['ManagedPolicyArns'] ?? [];
    check(`managed policies of ${role.id}`, attached.length + named.length, LIMITS.managedPoliciesOfARole);
  }
  return problems;
}

const all = ({ stacks }: Deployment) => stacks.flatMap(beyond);

/** So many replicas of different sources, whose names have `length` characters; copies are in their own region, or in one other. */
const many = (count: number, length: number, at: 'there' | 'here') => ({
  region: 'ap-northeast-1',
  account: '111122223333',
  repositories: Array.from({ length: count }, (_, n) => ({
    source: { repository: `a${n}-`.padEnd(length, 'n') },
    destinations: [
      at === 'there'
        ? { region: 'ap-northeast-3', id: `r${n}` }
        : { region: 'ap-northeast-1', id: `r${n}`, repository: `b${n}-`.padEnd(length, 'n') },
    ],
  })),
});

const isTaken = (document: object) => {
  try {
    parseConfiguration(JSON.stringify(document), 'x');
    return true;
  } catch {
    return false;
  }
};

/** The most replicas of which `documentOf` gives a configuration that is taken. */
function mostOf(documentOf: (count: number) => object): number {
  let [taken, refused] = [0, 500];
  while (refused - taken > 1) {
    const middle = Math.floor((taken + refused) / 2);
    if (isTaken(documentOf(middle))) taken = middle;
    else refused = middle;
  }
  return taken;
}

describe('whatever configuration is taken stays within the limits of CloudFormation and IAM:', () => {
  it('50 replicas', () => {
    expect(all(synthesise(documentOf(FIFTY)))).toEqual([]);
  });

  it.each<[length: number, at: 'there' | 'here']>([
    [100, 'there'],
    [100, 'here'],
    [12, 'there'],
  ])('as many as are taken with names of %d characters, copied %s', (length, at) => {
    const most = mostOf((count) => many(count, length, at));

    // With fewer it would be of no use.
    expect(most).toBeGreaterThan(length === 100 ? 30 : 200);
    expect(all(synthesise(many(most, length, at)))).toEqual([]);
  });

  it('as many as are taken in another account, with long refs', () => {
    const document = (count: number) => ({
      ...many(count, 100, 'there'),
      policy: { refs: Array.from({ length: 10 }, (_, n) => `refs/heads/${`release-${n}-`.padEnd(60, 'x')}`) },
    });
    const foreign = (count: number) => {
      const { repositories, ...rest } = document(count);
      const account = {
        roleArn: 'arn:aws:iam::222222222222:role/writer',
        checkerRoleArn: 'arn:aws:iam::222222222222:role/checker',
        externalId: 'an-external-id',
      };
      const abroad = repositories.map(({ source, destinations }) => ({
        source,
        destinations: destinations.map((one) => ({ ...one, account })),
      }));
      return { ...rest, repositories: abroad };
    };
    const most = mostOf(foreign);

    expect(most).toBeGreaterThan(25);
    expect(all(synthesise(foreign(most)))).toEqual([]);
  });
});
