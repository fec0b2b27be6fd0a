import { fillIn, type Machine, statesOf } from '../support/asl.ts';
import { decide } from '../support/iam.ts';
import { type DeployedStack, type Properties, type Resource, synthesise } from '../support/infra.ts';
import { rolesOf } from '../support/roles.ts';
import { BIGGER, BOTH, EXAMPLE, EXTERNAL_ID } from './fixtures.ts';

/** Somebody's own network, in a public subnet, with a group that is there. */
const OWN_PUBLIC_NETWORK = {
  ...EXAMPLE,
  network: { ...BIGGER.network, securityGroupIds: ['sg-0123456789abcdef0'], assignPublicIp: true },
};

const machineOf = ({ properties }: Resource): Machine =>
  fillIn(properties['DefinitionString'], properties['DefinitionSubstitutions']);

/** The parameters that a task is started with. */
function runTask(stack: DeployedStack): Properties {
  const machine = machineOf(stack.one('AWS::StepFunctions::StateMachine', '/Replicate/'));
  const starts = statesOf(machine).filter(([, { Resource }]) => Resource?.includes(':::ecs:'));
  expect(starts.map(([name]) => name)).toEqual(['Replicate']);
  return starts[0]?.[1].Parameters as Properties;
}

/** The items of `States.StringSplit('a,b', ',')`. */
const listed = (expression: string): string[] =>
  /^States\.StringSplit\('([^']*)', ','\)$/.exec(expression)?.[1]?.split(',') ?? [];

const groupsOf = (stack: DeployedStack) => stack.of('AWS::EC2::SecurityGroup');

describe.each([...BOTH, ['a network of one’s own with public addresses', OWN_PUBLIC_NETWORK] as [string, object]])(
  'the task of %s',
  (_name, document) => {
    const [stack] = synthesise(document).sources as [DeployedStack];

    it('is started on Fargate, on a fixed platform, with no shell, and tagged as its definition', () => {
      expect(runTask(stack)).toMatchObject({
        Cluster: stack.arn('ecs', 'cluster/ccrepl'),
        // Without a revision: a revision is gone when the next is deployed.
        TaskDefinition: stack.arn('ecs', 'task-definition/ccrepl-replicate'),
        LaunchType: 'FARGATE',
        PlatformVersion: '1.4.0',
        EnableExecuteCommand: false,
        PropagateTags: 'TASK_DEFINITION',
      });
    });

    it('is told of the execution’s data which replica and which execution, and nothing else: not where or as whom it runs', () => {
      const { Overrides, NetworkConfiguration, ...fixed } = runTask(stack);
      const environment = [
        { Name: 'CCREPL_REPLICA', 'Value.$': '$.compared.result.task' },
        { Name: 'CCREPL_EXECUTION', 'Value.$': '$$.Execution.Id' },
      ];

      expect(Overrides).toEqual({ ContainerOverrides: [{ Name: 'replicate', Environment: environment }] });
      // No path, and no function of one.
      expect(JSON.stringify(fixed)).not.toContain('$');
      expect(JSON.stringify(NetworkConfiguration).replaceAll('.$":"States.StringSplit(', '')).not.toContain('$');
    });

    it('runs in the subnets and groups of the configuration, with a public address only where it needs one', () => {
      const { AwsvpcConfiguration: given } = runTask(stack)['NetworkConfiguration'];
      const { network } = document as { network?: Properties };
      const subnets = network?.['subnetIds'] ?? stack.of('AWS::EC2::Subnet').map(({ ref }) => ref);
      const groups = network?.['securityGroupIds'] ?? groupsOf(stack).map(({ ref }) => ref);

      expect(listed(given['Subnets.$'])).toEqual(subnets);
      expect(listed(given['SecurityGroups.$'])).toEqual(groups);
      expect([...subnets, ...groups]).toHaveLength(3);
      expect(given['AssignPublicIp']).toBe(network === undefined || network['assignPublicIp'] ? 'ENABLED' : 'DISABLED');
    });

    it('lets nothing in, and speaks TCP 443 alone', () => {
      for (const { properties } of groupsOf(stack)) {
        expect(properties['SecurityGroupIngress']).toBeUndefined();
        expect(properties['SecurityGroupEgress']).toEqual([
          expect.objectContaining({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }),
        ]);
      }
      expect(stack.resources.map(({ type }) => type)).not.toContain('AWS::EC2::SecurityGroupIngress');
      expect(groupsOf(stack)).toHaveLength(document === OWN_PUBLIC_NETWORK ? 0 : 1);
    });

    it('can write to no disk, become nobody else, and is stopped in time', () => {
      const { properties } = stack.one('AWS::ECS::TaskDefinition');
      const { ContainerDefinitions, Cpu, Memory, NetworkMode, PidMode, IpcMode, Volumes } = properties;
      const [container, ...others] = ContainerDefinitions as Properties[];

      expect(others).toEqual([]);
      expect(container).toMatchObject({
        Name: 'replicate',
        Essential: true,
        ReadonlyRootFilesystem: true,
        Privileged: false,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
        StopTimeout: 30,
      });
      expect(container?.['LinuxParameters'].Capabilities.Add).toBeUndefined();
      const [user, group] = String(container?.['User']).split(':').map(Number);
      expect([user, group].every((id) => id !== undefined && id >= 10_000)).toBe(true);
      // Named by its content: the same name is never another image.
      expect(container?.['Image']).toMatch(/\.dkr\.ecr\.ap-northeast-1\.amazonaws\.com\/[\w-]+:[0-9a-f]{64}$/);
      for (const name of [
        'PortMappings',
        'MountPoints',
        'VolumesFrom',
        'Environment',
        'EnvironmentFiles',
        'Secrets',
        'Command',
        'EntryPoint',
      ])
        expect([name, container?.[name]]).toEqual([name, undefined]);
      expect([PidMode, IpcMode, Volumes, NetworkMode]).toEqual([undefined, undefined, undefined, 'awsvpc']);
      const size = document === BIGGER ? ['512', '2048'] : ['256', '512'];
      expect([Cpu, Memory]).toEqual(size);
    });
  },
);

describe('the network of a deployment', () => {
  const [stack] = synthesise(EXAMPLE).sources as [DeployedStack];

  it('is without NAT, gives addresses to tasks alone, and logs all that flows', () => {
    const subnets = stack.of('AWS::EC2::Subnet');

    expect(subnets.map(({ properties }) => properties['MapPublicIpOnLaunch'])).toEqual([false, false]);
    expect(new Set(subnets.map(({ properties }) => properties['AvailabilityZone'])).size).toBe(2);
    expect(stack.of('AWS::EC2::NatGateway')).toEqual([]);
    const log = stack.one('AWS::EC2::FlowLog').properties;
    expect(log).toMatchObject({ ResourceId: stack.one('AWS::EC2::VPC').ref, ResourceType: 'VPC', TrafficType: 'ALL' });
    expect(log['LogGroupName']).toBe('/ccrepl/flow-logs');
  });

  it('is not made where there is one', () => {
    const made = synthesise(BIGGER).stacks.flatMap(({ resources }) => resources.map(({ type }) => type));

    expect(made.filter((type) => type.startsWith('AWS::EC2::'))).toEqual(['AWS::EC2::SecurityGroup']);
    expect(groupsOf(synthesise(BIGGER).sources[0] as DeployedStack)[0]?.properties['VpcId']).toBe(BIGGER.network.vpcId);
  });
});

describe.each(BOTH)('what %s deploys', (_name, document) => {
  const deployment = synthesise(document);
  const { stacks } = deployment;
  const [stack] = deployment.sources as [DeployedStack];
  const functions = deployment.of('AWS::Lambda::Function');
  const isOurs = ({ path }: Resource) => !path.includes('/Framework/');

  it('has nothing in a template that looks like a secret', () => {
    const suspicious =
      /AKIA|ASIA|PRIVATE KEY|"[^"]*(password|passwd|api[-_]?key|access[-_]?key)[^"]*":|\{\{resolve:|:\/\/[^/"\s]*@/i;

    for (const { name, template } of stacks)
      expect([name, suspicious.exec(JSON.stringify(template))]).toEqual([name, null]);
  });

  it('shows the external id of another account in trust policies alone', () => {
    for (const { template } of stacks) {
      const rest = structuredClone(template);
      for (const resource of Object.values(rest['Resources'] as Record<string, { Properties?: Properties }>))
        if (resource.Properties !== undefined) delete resource.Properties['AssumeRolePolicyDocument'];

      expect(JSON.stringify(rest)).not.toContain(EXTERNAL_ID);
    }
  });

  it('gives functions ARNs and the place of their settings, and no other variable', () => {
    const values = functions.flatMap(({ properties }) => Object.entries(properties['Environment']?.Variables ?? {}));

    expect(new Set(values.map(([name]) => name))).toEqual(
      new Set([
        'CCREPL_SETTINGS',
        'CCREPL_STATE_MACHINE_ARN',
        'CCREPL_SWEEP_STATE_MACHINE_ARN',
        'CCREPL_TOPIC_ARN',
        'USER_ON_EVENT_FUNCTION_ARN',
      ]),
    );
    for (const [, value] of values)
      expect(value).toMatch(/^(\/opt\/ccrepl\/replication\.json|arn:aws:[\w-]+:[\w:.-]+)$/);
  });

  it('gives each function of ours traces, a limit of its own and a log group of its own', () => {
    const ours = functions.filter(isOurs);

    expect(ours.length).toBeGreaterThan(6);
    for (const { properties, path } of ours) {
      expect([path, properties['TracingConfig']]).toEqual([path, { Mode: 'Active' }]);
      // What provisions runs while a deployment does, which asks for all repositories at once.
      const limited = !path.includes('/Provision/');
      expect([path, properties['ReservedConcurrentExecutions'] > 0]).toEqual([path, limited]);
      expect(properties['LoggingConfig']).toEqual({ LogGroup: `/aws/lambda/${properties['FunctionName']}` });
      expect(properties['Timeout']).toBeGreaterThan(0);
    }
    const groups = functions.map(({ properties }) => properties['LoggingConfig'].LogGroup);
    expect(groups.every((group) => typeof group === 'string')).toBe(true);
  });

  it('keeps what could not be delivered: events of triggers, and starts of the schedule', () => {
    const queue = stack.arn('sqs', 'ccrepl-dead-letters');
    const onPush = functions.find(({ properties }) => properties['FunctionName'] === 'ccrepl-on-push');
    const schedule = stack.one('AWS::Scheduler::Schedule').properties['Target'];

    expect(onPush?.properties['DeadLetterConfig']).toEqual({ TargetArn: queue });
    expect(schedule.DeadLetterConfig).toEqual({ Arn: queue });
    expect(stack.one('AWS::SQS::Queue').properties['MessageRetentionPeriod']).toBe(14 * 24 * 3600);
  });

  it('logs every step of a state machine without its data, and traces it', () => {
    const machines = stack.of('AWS::StepFunctions::StateMachine');

    expect(machines.map(({ properties }) => properties['StateMachineName'])).toEqual([
      'ccrepl-replicate',
      'ccrepl-sweep',
    ]);
    for (const { properties } of machines) {
      expect(properties).toMatchObject({
        LoggingConfiguration: {
          Level: 'ALL',
          IncludeExecutionData: false,
          Destinations: [
            {
              CloudWatchLogsLogGroup: {
                LogGroupArn: stack.arn('logs', `log-group:/aws/vendedlogs/states/${properties['StateMachineName']}:*`),
              },
            },
          ],
        },
        TracingConfiguration: { Enabled: true },
      });
      expect(machineOf({ properties } as Resource).TimeoutSeconds).toBeGreaterThan(0);
    }
  });

  it('keeps logs for a year', () => {
    const groups = deployment.of('AWS::Logs::LogGroup');

    expect(groups.length).toBeGreaterThan(10);
    expect(groups.filter(({ properties }) => properties['RetentionInDays'] !== 365)).toEqual([]);
  });

  it('refuses to take messages without TLS', () => {
    for (const [type, path, resource] of [
      ['AWS::SNS::TopicPolicy', '/Topic/', stack.arn('sns', 'ccrepl-alerts')],
      ['AWS::SNS::TopicPolicy', '/AlarmTopic/', stack.arn('sns', 'ccrepl-alarms')],
      ['AWS::SQS::QueuePolicy', '/DeadLetters/', stack.arn('sqs', 'ccrepl-dead-letters')],
    ] as const) {
      const { Statement } = stack.one(type, path).properties['PolicyDocument'];

      expect(Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Resource: resource,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });

  it('leaves nothing behind when it is removed but repositories, which no role of it may delete', () => {
    const kept = stacks.flatMap(({ resources }) =>
      resources.filter(({ deletion }) => !['Delete', undefined].includes(deletion)),
    );
    const deleters = rolesOf(deployment).filter(({ statements }) =>
      statements.some(
        ({ effect, actions }) =>
          effect === 'Allow' && actions.some((action) => /^codecommit:(Delete|\*)/i.test(action)),
      ),
    );

    expect(kept.map(({ path }) => path)).toEqual([]);
    expect(deployment.of('AWS::CodeCommit::Repository')).toEqual([]);
    expect(deployment.of('Custom::CcreplRepository').length).toBeGreaterThan(0);
    expect(deleters.map(({ path }) => path)).toEqual([]);
    // CloudFormation keeps a table by itself if it is not told otherwise.
    for (const type of ['AWS::DynamoDB::Table', 'AWS::Logs::LogGroup', 'AWS::KMS::Key'])
      for (const { path, deletion } of deployment.of(type)) expect([path, deletion]).toEqual([path, 'Delete']);
  });
});

describe('encryption', () => {
  it('is by keys of AWS where nothing is said', () => {
    const deployment = synthesise(EXAMPLE);
    const [stack] = deployment.sources as [DeployedStack];

    expect(deployment.of('AWS::KMS::Key')).toEqual([]);
    expect(stack.one('AWS::SQS::Queue').properties['SqsManagedSseEnabled']).toBe(true);
    expect(JSON.stringify(deployment.stacks.map(({ template }) => template))).not.toContain('KmsMasterKeyId');
  });

  describe('by a key of its own', () => {
    const [stack] = synthesise(BIGGER).sources as [DeployedStack];
    const key = stack.one('AWS::KMS::Key');
    const arn = stack.arn('kms', `key/${key.ref}`);

    it('covers the topic of the alerts, table, queue, schedule and every log group', () => {
      expect(stack.one('AWS::SNS::Topic', '/Topic/').properties['KmsMasterKeyId']).toBe(arn);
      expect(stack.one('AWS::SQS::Queue').properties['KmsMasterKeyId']).toBe(arn);
      expect(stack.one('AWS::Scheduler::Schedule').properties['KmsKeyArn']).toBe(arn);
      expect(stack.one('AWS::DynamoDB::Table').properties['SSESpecification']).toEqual({
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: arn,
      });
      const groups = stack.of('AWS::Logs::LogGroup');
      expect(groups.length).toBeGreaterThan(8);
      for (const { path, properties } of groups) expect([path, properties['KmsKeyId']]).toEqual([path, arn]);
    });

    it('rotates it each year', () => {
      expect(key.properties['EnableKeyRotation']).toBe(true);
    });

    it.each([
      ['Functions/Alert/Role', 'publishes to the topic', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['Functions/OnPush/Role', 'sends to the dead-letter queue', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['Schedule/Role', 'sends to the dead-letter queue', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['Workflow/Replicate/Role', 'writes records and publishes', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['Workflow/Sweep/Role', 'writes records and publishes', ['kms:Decrypt', 'kms:GenerateDataKey']],
      ['Operators/Role', 'reads records', ['kms:Decrypt']],
    ])('lets %s use it, which %s', (path, _why, actions) => {
      const role = rolesOf(synthesise(BIGGER)).find((one) => one.path === `Replication/${path}`);
      const may = actions.map((action) => role && decide(role.statements, { action, resource: arn, context: {} }));

      expect(may).toEqual(actions.map(() => 'allowed'));
    });
  });
});
