import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  BatchGetCommitsCommand,
  CodeCommitClient,
  CreateRepositoryCommand,
  GetBranchCommand,
  GetCommitCommand,
  GetRepositoryCommand,
  GetRepositoryTriggersCommand,
  ListBranchesCommand,
  PutRepositoryTriggersCommand,
  UpdateDefaultBranchCommand,
} from '@aws-sdk/client-codecommit';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { REPLICA, sourceUrl } from '../../local/demonstration.ts';
import { LocalTasks } from '../../local/ecs/tasks.ts';
import { DEVELOPER } from '../../local/people.ts';
import { runTaskSync } from '../../local/stepfunctions/integrations.ts';
import type { LocalSystem } from '../../local/system.ts';
import { aFolder, Clone, removeFolders } from '../support/repository.ts';
import { aSystem } from '../support/system.ts';

const REGION = 'ap-northeast-1';
let system: LocalSystem;
let commit: string;
const clients: { destroy(): void }[] = [];
const config = (keys: Partial<typeof DEVELOPER> = {}) => ({
  region: REGION,
  endpoint: system.endpoint,
  credentials: { ...DEVELOPER, ...keys },
  maxAttempts: 1,
});
const own = <T extends { destroy(): void }>(client: T): T => {
  clients.push(client);
  return client;
};
beforeAll(async () => {
  system = await aSystem();
  const clone = await Clone.init();
  commit = await clone.commit();
  await clone.push(sourceUrl(system).replace('://', '://local:local@'), 'main', 'main:refs/heads/other');
  await system.idle();
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await system.stop();
  await removeFolders();
});

it('answers CodeCommit’s own SDK', async () => {
  const client = own(new CodeCommitClient(config()));
  const repositoryName = 'Source';

  const { repositoryMetadata } = await client.send(new GetRepositoryCommand({ repositoryName }));
  const { branches } = await client.send(new ListBranchesCommand({ repositoryName }));
  const { branch } = await client.send(new GetBranchCommand({ repositoryName, branchName: 'main' }));
  const { commits, errors } = await client.send(
    new BatchGetCommitsCommand({ repositoryName, commitIds: [commit, 'a'.repeat(40)] }),
  );
  await client.send(new UpdateDefaultBranchCommand({ repositoryName, defaultBranchName: 'other' }));
  const changed = await client.send(new GetRepositoryCommand({ repositoryName }));
  const { triggers } = await client.send(new GetRepositoryTriggersCommand({ repositoryName }));

  expect(repositoryMetadata).toMatchObject({
    repositoryName,
    accountId: '111122223333',
    defaultBranch: 'main',
    Arn: 'arn:aws:codecommit:ap-northeast-1:111122223333:Source',
  });
  expect(branches).toEqual(['main', 'other']);
  expect(branch).toEqual({ branchName: 'main', commitId: commit });
  expect(commits?.map(({ commitId }) => commitId)).toEqual([commit]);
  expect(errors).toHaveLength(1);
  expect(changed.repositoryMetadata?.defaultBranch).toBe('other');
  expect(triggers).toMatchObject([{ name: 'ccrepl', events: ['all'] }]);
});

it('fails as CodeCommit does, with errors that the SDK knows by name', async () => {
  const client = own(new CodeCommitClient(config()));
  const repositoryName = 'Source';
  const far = {
    name: 't',
    destinationArn: 'arn:aws:lambda:us-east-1:1:function:f',
    events: ['all' as const],
    branches: [],
  };

  await expect(client.send(new GetRepositoryCommand({ repositoryName: 'None' }))).rejects.toMatchObject({
    name: 'RepositoryDoesNotExistException',
  });
  await expect(client.send(new GetBranchCommand({ repositoryName, branchName: 'x' }))).rejects.toMatchObject({
    name: 'BranchDoesNotExistException',
  });
  await expect(client.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
    name: 'RepositoryNameExistsException',
  });
  await expect(client.send(new CreateRepositoryCommand({ repositoryName: 'x.git' }))).rejects.toMatchObject({
    name: 'InvalidRepositoryNameException',
  });
  await expect(
    client.send(new PutRepositoryTriggersCommand({ repositoryName, triggers: [far] })),
  ).rejects.toMatchObject({ name: 'InvalidRepositoryTriggerRegionException' });
});

it('refuses by name what it does not do, and whom it does not know', async () => {
  const client = own(new CodeCommitClient(config()));
  const stranger = own(new CodeCommitClient(config({ accessKeyId: 'AKIASTRANGER' })));
  const elsewhere = own(new CodeCommitClient({ ...config(), region: 'us-east-1' }));

  await expect(client.send(new GetCommitCommand({ repositoryName: 'Source', commitId: commit }))).rejects.toThrow(
    'does not support CodeCommit GetCommit',
  );
  await expect(stranger.send(new ListBranchesCommand({ repositoryName: 'Source' }))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
  await expect(elsewhere.send(new ListBranchesCommand({ repositoryName: 'Source' }))).rejects.toThrow(
    'has no region us-east-1',
  );
});

it('starts, shows and lists executions; the same name starts nothing twice', async () => {
  const client = own(new SFNClient(config()));
  const stateMachineArn = system.machine.arn;
  const input = JSON.stringify({ replica: REPLICA.id });

  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'by-hand', input }));
  const twice = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'by-hand', input }));
  await system.idle();
  const shown = await client.send(new DescribeExecutionCommand({ executionArn }));
  const listed = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));

  expect(twice.executionArn).toBe(executionArn);
  expect(shown).toMatchObject({ status: 'SUCCEEDED', input, name: 'by-hand' });
  expect(JSON.parse(shown.output ?? '')).toMatchObject({ verdict: 'in-sync' });
  expect(listed.executions?.[0]?.name).toBe('by-hand');
  await expect(
    client.send(new StartExecutionCommand({ stateMachineArn, name: 'by-hand', input })),
  ).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await expect(client.send(new StartExecutionCommand({ stateMachineArn, input: 'x' }))).rejects.toMatchObject({
    name: 'InvalidExecutionInput',
  });
  await expect(
    client.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}x` })),
  ).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});

it('fails an execution of an unknown replica with the ids that there are', async () => {
  const client = own(new SFNClient(config()));
  const alerts = system.topic.inbox.length;

  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn: system.machine.arn, input: '{"replica":"x"}' }),
  );
  await system.idle();
  const shown = await client.send(new DescribeExecutionCommand({ executionArn }));

  expect(shown).toMatchObject({
    status: 'FAILED',
    error: 'Ccrepl.Input',
    cause: expect.stringContaining('Source--ap-northeast-3'),
  });
  expect(system.topic.inbox).toHaveLength(alerts);
});

it('takes messages with SNS’s own limits', async () => {
  const client = own(new SNSClient(config()));
  const message = {
    TopicArn: system.topic.arn,
    Subject: 'hello',
    Message: 'a & b',
    MessageAttributes: { k: { DataType: 'String', StringValue: 'v' } },
  };

  const { MessageId } = await client.send(new PublishCommand(message));

  expect(system.topic.inbox.at(-1)).toEqual({
    messageId: MessageId,
    subject: 'hello',
    message: 'a & b',
    attributes: { k: 'v' },
  });
  await expect(client.send(new PublishCommand({ ...message, Subject: 'ü' }))).rejects.toThrow('printable ASCII');
});

it('starts executions by hand, and sweeps, and waits for both', async () => {
  const replicated = await system.startExecution({ replica: REPLICA.id });
  await system.idle();
  const swept = await system.startSweep();
  await system.idle();

  expect(system.machine.find(replicated)).toMatchObject({ status: 'SUCCEEDED' });
  expect(system.sweep.find(swept)).toMatchObject({ status: 'SUCCEEDED' });
  expect(system.machine.executions.at(-1)?.input).toContain(swept);
});

describe('a task', () => {
  const nothing = { onLog: () => {}, onResult: () => {} };
  const parameters = {
    Cluster: 'arn:aws:ecs:r:1:cluster/c',
    TaskDefinition: 'td',
    Overrides: { ContainerOverrides: [{ Name: 'replicate', Environment: [{ Name: 'GIVEN', Value: '7' }] }] },
  };
  const tasks = async (program: string) => {
    const bundle = join(await aFolder(), 'program.mjs');
    await writeFile(bundle, program);
    return new LocalTasks({ bundle, env: { DEFINED: '1' } });
  };

  it('has exactly the environment of its definition and its overrides', async () => {
    const lines: string[] = [];
    const run = await tasks('console.log(JSON.stringify(process.env))');

    const stopped = await run.run(
      parameters,
      { ...nothing, onResult: (line) => lines.push(line) },
      new AbortController().signal,
    );

    expect(JSON.parse(lines[0] ?? '')).toEqual({ DEFINED: '1', GIVEN: '7' });
    expect(stopped).toMatchObject({
      LastStatus: 'STOPPED',
      StopCode: 'EssentialContainerExited',
      Containers: [{ Name: 'replicate', ExitCode: 0 }],
      TaskArn: expect.stringContaining('task/c/'),
    });
  });

  it.each([
    ['process.exit(13)', 13],
    ["process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)", 137],
  ])('that ends with %s fails its state, with its description for a cause', async (program, exitCode) => {
    const integration = runTaskSync(await tasks(program), () => nothing);

    const failure = await integration(parameters as never, { arn: 'e', signal: new AbortController().signal }).catch(
      (error: Error) => error,
    );

    expect(failure).toMatchObject({ name: 'States.TaskFailed' });
    expect(JSON.parse((failure as Error).message)).toMatchObject({ Containers: [{ ExitCode: exitCode }] });
  });

  it('is stopped with its execution', async () => {
    const stop = new AbortController();
    const run = await tasks(
      "process.on('SIGTERM', () => process.exit(143)); console.error('up'); setInterval(() => {}, 1000)",
    );

    const stopped = await run.run(parameters, { ...nothing, onLog: () => stop.abort() }, stop.signal);

    expect(stopped.Containers[0]?.ExitCode).toBe(143);
  });
});

it('stops an execution that runs', async () => {
  const client = own(new SFNClient(config()));
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn: system.machine.arn, input: JSON.stringify({ replica: REPLICA.id }) }),
  );

  await client.send(new StopExecutionCommand({ executionArn }));

  expect((await client.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('ABORTED');
});

const hasAws = (() => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

(hasAws ? it : it.skip)(
  `answers the real AWS CLI${hasAws ? '' : ' (skipped: there is no working "aws" on this machine)'}`,
  async () => {
    const aws = async (...args: string[]) => {
      const env = {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        AWS_ACCESS_KEY_ID: DEVELOPER.accessKeyId,
        AWS_SECRET_ACCESS_KEY: DEVELOPER.secretAccessKey,
        AWS_DEFAULT_REGION: REGION,
      };
      const { stdout } = await promisify(execFile)(
        'aws',
        [...args, '--endpoint-url', system.endpoint, '--output', 'json'],
        { env },
      );
      return JSON.parse(stdout);
    };

    const started = await aws(
      'stepfunctions',
      'start-execution',
      '--state-machine-arn',
      system.machine.arn,
      '--input',
      JSON.stringify({ replica: REPLICA.id }),
    );
    await system.idle();
    const shown = await aws('stepfunctions', 'describe-execution', '--execution-arn', started.executionArn);
    const repository = await aws('codecommit', 'get-repository', '--repository-name', 'Source');
    const topics = await aws('sns', 'list-topics');
    const item = await aws(
      'dynamodb',
      'get-item',
      ...['--table-name', 'ccrepl-replicas', '--key', JSON.stringify({ replica: { S: REPLICA.id } })],
    );

    expect(shown).toMatchObject({ status: 'SUCCEEDED' });
    expect(repository.repositoryMetadata.repositoryName).toBe('Source');
    expect(topics.Topics).toEqual([{ TopicArn: system.topic.arn }]);
    expect(item.Item).toMatchObject({ replica: { S: REPLICA.id }, verdict: { S: 'in-sync' } });
  },
);
