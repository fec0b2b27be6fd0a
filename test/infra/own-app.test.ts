import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sns from 'aws-cdk-lib/aws-sns';
import { CodeCommitReplication, type CodeCommitReplicationProps, type ReplicaProps } from '../../infra/index.ts';
import { cdkContext } from '../support/infra.ts';
import { aFolderOfOurs, HOME } from '../support/infra-synth.ts';
import { startProgram } from '../support/program.ts';

const EXAMPLE = join(HOME, 'docs', 'examples', 'own-app.ts');
const page = readFileSync(join(HOME, 'docs', 'configuration.md'), 'utf8');

it('docs/configuration.md has the example as it is', () => {
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text);

  expect(blocks).toEqual([readFileSync(EXAMPLE, 'utf8')]);
});

it('the example is an app that synthesises, with resources of its own beside ccrepl’s', async () => {
  const folder = join(aFolderOfOurs(), 'out');
  mkdirSync(folder);
  const { ended } = startProgram([EXAMPLE], {
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(cdkContext()),
  });
  const { code, stderr } = await ended;
  const resourcesOf = (stack: string) =>
    Object.values(
      JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')).Resources as Record<
        string,
        // biome-ignore lint/suspicious/noExplicitAny: a template is JSON.
        { Type: string; Properties: any }
      >,
    );
  const count = (stack: string, type: string) => resourcesOf(stack).filter(({ Type }) => Type === type).length;
  const [machine] = resourcesOf('Platform').filter(
    ({ Type, Properties }) =>
      Type === 'AWS::StepFunctions::StateMachine' && Properties.StateMachineName === 'ccrepl-replicate',
  );

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(count('Copies', 'Custom::CcreplRepository')).toBe(2);
  expect(count('Platform', 'Custom::CcreplTrigger')).toBe(2);
  // The network and the topics are those of the app.
  expect(count('Platform', 'AWS::EC2::VPC')).toBe(0);
  expect(count('Platform', 'AWS::SNS::Topic')).toBe(2);
  expect(machine?.Properties.DefinitionSubstitutions).toMatchObject({
    SubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    AssignPublicIp: 'DISABLED',
    TopicArn: { Ref: expect.stringContaining('Alerts') },
  });
});

const replica: ReplicaProps = {
  id: 'website',
  source: { region: 'ap-northeast-1', repository: 'website' },
  destination: { region: 'ap-northeast-3', repository: 'website' },
};
const aStack = (app = new App({ outdir: aFolderOfOurs() }), id = 'Own', region = 'ap-northeast-1') =>
  new Stack(app, id, { env: { region } });
const construct = (props: object, stack = aStack()) =>
  new CodeCommitReplication(stack, 'Replication', { replicas: [replica], ...props } as CodeCommitReplicationProps);

describe('the construct refuses, before anything is bundled,', () => {
  it.each<[what: string, props: object, says: string]>([
    ['no replica', { replicas: [] }, 'replicas is []: expected at least one'],
    [
      'a source of another region',
      { replicas: [{ ...replica, source: { region: 'eu-west-1', repository: 'x' } }] },
      'the sources of "website" (eu-west-1) are not in ap-northeast-1: expected a stack in the region of each source',
    ],
    [
      'a region that is none',
      { replicas: [{ ...replica, destination: { region: 'Osaka', repository: 'x' } }] },
      'replicas.0.destination.region is "Osaka": expected an AWS region',
    ],
    [
      'a policy that is none',
      { replicas: [{ ...replica, policy: { deletes: 'all' } }] },
      'replicas.0.policy.deletes is "all"',
    ],
    [
      'two replicas with one destination',
      { replicas: [replica, { ...replica, id: 'again' }] },
      'have the same destination, website in ap-northeast-3',
    ],
    ['a sweep each minute', { sweepMinutes: 1 }, 'sweepMinutes is 1: expected at least 5 minutes'],
    [
      'sizes that Fargate has not',
      { task: { cpu: 512 } },
      'task.memoryMiB is missing: expected one that Fargate has with 512',
    ],
    ['no subnet', { network: { vpcId: 'vpc-1', subnetIds: [] } }, 'network.subnetIds is []: expected at least one'],
    ['a topic and addresses', { topicArn: 'arn', emails: ['a@b.example'] }, 'are both given: expected one of them'],
    ['one topic as both', { topicArn: 'arn', alarmTopicArn: 'arn' }, 'are the same: expected another topic'],
    ['an address twice', { emails: ['a@b.example', 'a@b.example'] }, 'is "a@b.example": it stands there twice'],
    ['a retention that is none', { logRetentionDays: 42 }, 'logRetentionDays is 42: expected one of 1, 3'],
    ['a kind of encryption that is none', { encryption: 'mine' }, 'encryption is "mine"'],
    ['a prop that it has not', { sweep: {} }, 'has unknown fields: "sweep"'],
  ])('%s', (_what, props, says) => {
    expect(() => construct(props)).toThrow(says);
  });

  it('a name that is known only when it is deployed', () => {
    const stack = aStack();
    const { topicName: repository } = new sns.Topic(stack, 'Topic');

    expect(() => construct({ replicas: [{ ...replica, source: { ...replica.source, repository } }] }, stack)).toThrow(
      '1 of the replicas have a value that is known only when the stack is deployed: expected names and ARNs as texts',
    );
  });

  it('more than the policies of IAM hold', () => {
    const replicas = Array.from({ length: 200 }, (_, n) => {
      const repository = `${n}-`.padEnd(100, 'x');
      const source = { region: 'ap-northeast-1', repository };
      return { id: `r${n}`, source, destination: { region: 'us-west-2', repository } };
    });

    expect(() => construct({ replicas })).toThrow(
      'the 200 replicas with a source in ap-northeast-1 need 18 statements',
    );
  });
});

it('the network may be one that the app makes, whose ids are known only when it is deployed', () => {
  const stack = aStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['ap-northeast-1a'], natGateways: 0 });
  const subnetIds = vpc.isolatedSubnets.map(({ subnetId }) => subnetId);

  expect(Token.isUnresolved(vpc.vpcId) && subnetIds.every((id) => Token.isUnresolved(id))).toBe(true);
  expect(() => construct({ network: { vpcId: vpc.vpcId, subnetIds } }, stack)).not.toThrow();
});

it.each<[who: string, props: object, warnings: string[]]>([
  ['nobody', {}, ['ccrepl:nobody-is-told', 'ccrepl:nobody-is-told-otherwise']],
  ['addresses', { emails: ['a@b.example'] }, []],
  ['a topic', { topicArn: 'arn:aws:sns:ap-northeast-1:111122223333:a' }, ['ccrepl:nobody-is-told-otherwise']],
  ['a second topic alone', { alarmTopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:b' }, ['ccrepl:nobody-is-told']],
  [
    'two topics',
    {
      topicArn: 'arn:aws:sns:ap-northeast-1:111122223333:a',
      alarmTopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:b',
    },
    [],
  ],
])('warns of each topic that is made and that nobody is subscribed to: told are %s', (_who, props, warnings) => {
  const { node } = construct(props);
  const said = node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data));

  expect(said.map((text) => /\[ack: ([\w:-]+)\]$/.exec(text)?.[1])).toEqual(warnings);
});

it('the construct is there once in a region, and in another region of the same app', () => {
  const app = new App({ outdir: aFolderOfOurs() });
  construct({}, aStack(app, 'One'));
  const elsewhere = { replicas: [{ ...replica, source: { region: 'eu-west-1', repository: 'website' } }] };

  expect(() => construct(elsewhere, aStack(app, 'Elsewhere', 'eu-west-1'))).not.toThrow();
  expect(() => construct({}, aStack(app, 'Two'))).toThrow(
    '"Two/Replication" and "One/Replication" are in one account and region: expected one CodeCommitReplication there',
  );
});

it('a policy that gives a part of massChange has the defaults for the rest', () => {
  const { replicas } = construct({ replicas: [{ ...replica, policy: { massChange: { percent: 5 } } }] });

  expect(replicas[0]?.policy).toEqual({
    refs: ['refs/heads/*', 'refs/tags/*'],
    deletes: 'mirror',
    rewrites: 'mirror',
    massChange: { percent: 5, heads: 10 },
  });
});
