import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as codecommit from '@aws-sdk/client-codecommit';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { Region } from '../../local/codecommit/region.ts';
import { LocalTasks } from '../../local/ecs/tasks.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { runTaskSync } from '../../local/stepfunctions/integrations.ts';
import { LocalMachine } from '../../local/stepfunctions/machine.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const NAME = 'ap-northeast-1';
const ACCOUNT = '111122223333';
const MACHINE = `arn:aws:states:${NAME}:${ACCOUNT}:stateMachine:m`;
const TOPIC = `arn:aws:sns:${NAME}:${ACCOUNT}:t`;
const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' };
const DEFINITION = {
  StartAt: 'Run',
  States: {
    Run: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      Parameters: {
        Cluster: 'arn:aws:ecs:ap-northeast-1:111122223333:cluster/c',
        TaskDefinition: 'd',
        Overrides: {
          ContainerOverrides: [{ Name: 'replicate', Environment: [{ Name: 'MODE', 'Value.$': '$.mode' }] }],
        },
      },
      End: true,
    },
  },
} as const;
/** A task that ends at once, or says its process id and waits to be stopped. */
const PROGRAM = `
if (process.env.MODE === 'fail') process.exit(12);
if (process.env.MODE === 'wait') { setInterval(() => {}, 1e9); console.log(process.pid); }
`;

let regions: Region[];
let aws: LocalServer;
let topic: LocalTopic;
let machine: LocalMachine;
let tasks: LocalTasks;
/** The process id of the task that waits. */
let waiting: Promise<number>;
/** Settles when a task's process has ended. */
let taskEnded: Promise<unknown>;
let repositories: codecommit.CodeCommitClient;
let executions: sfn.SFNClient;
let topics: sns.SNSClient;

const client = (keys = KEYS, region = NAME) => ({ region, endpoint: aws.origin, credentials: keys, maxAttempts: 1 });

beforeEach(async () => {
  const principal = {
    arn: `arn:aws:iam::${ACCOUNT}:user/test`,
    credentials: KEYS,
    gitCredentials: { username: 'test', password: 'test' },
    may: () => true,
  };
  const directory = await aFolder();
  regions = [NAME, 'ap-northeast-3'].map(
    (name) => new Region({ name, account: ACCOUNT, directory: join(directory, name), principals: [principal] }),
  );
  for (const region of regions) await region.start();
  const bundle = join(directory, 'program.mjs');
  await writeFile(bundle, PROGRAM);
  tasks = new LocalTasks({ bundle, env: {} });
  topic = new LocalTopic(TOPIC, () => {});
  let says: (pid: number) => void;
  waiting = new Promise((resolve) => {
    says = resolve;
  });
  const runTask = runTaskSync(tasks, () => ({ onLog: () => {}, onResult: (line) => says(Number(line)) }));
  machine = new LocalMachine({
    arn: MACHINE,
    definition: DEFINITION as never,
    integrations: {
      'arn:aws:states:::ecs:runTask.sync': (parameters, execution) => {
        const run = runTask(parameters, execution);
        taskEnded = run.catch((error: Error) => error);
        return run;
      },
    },
  });
  aws = await listen(
    gateway({ regions, machines: [machine], functions: [], topic, accessKeyIds: [KEYS.accessKeyId] }),
    0,
  );
  repositories = new codecommit.CodeCommitClient(client());
  executions = new sfn.SFNClient(client());
  topics = new sns.SNSClient(client());
});
afterEach(async () => {
  await machine.stopAll();
  for (const used of [repositories, executions, topics]) used.destroy();
  await aws.close();
  for (const region of regions) await region.stop();
});
afterAll(removeFolders);

/** The error that a call ends with. */
const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: Error) => error,
  );

describe('CodeCommit, asked by its SDK', () => {
  const create = (repositoryName: string, repositoryDescription?: string) =>
    repositories.send(new codecommit.CreateRepositoryCommand({ repositoryName, repositoryDescription }));

  it('creates a repository and describes it, without a default branch while it is empty', async () => {
    const created = await create('Repo', 'what it is for');
    const { repositoryMetadata } = await repositories.send(
      new codecommit.GetRepositoryCommand({ repositoryName: 'Repo' }),
    );

    expect(repositoryMetadata).toEqual({
      accountId: ACCOUNT,
      repositoryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      repositoryName: 'Repo',
      repositoryDescription: 'what it is for',
      creationDate: expect.any(Date),
      lastModifiedDate: expect.any(Date),
      cloneUrlHttp: `${regions[0]?.origin}/v1/repos/Repo`,
      Arn: `arn:aws:codecommit:${NAME}:${ACCOUNT}:Repo`,
    });
    expect(created.repositoryMetadata).toEqual(repositoryMetadata);
  });

  it('keeps the triggers that it was given, all at once', async () => {
    await create('Repo');
    const trigger = (name: string): codecommit.RepositoryTrigger => ({
      name,
      destinationArn: `arn:aws:lambda:${NAME}:${ACCOUNT}:function:f`,
      events: ['all'],
      branches: ['main'],
      customData: 'mine',
    });
    const put = (...triggers: codecommit.RepositoryTrigger[]) =>
      repositories.send(new codecommit.PutRepositoryTriggersCommand({ repositoryName: 'Repo', triggers }));
    const get = () => repositories.send(new codecommit.GetRepositoryTriggersCommand({ repositoryName: 'Repo' }));
    const none = await get();
    await put(trigger('one'), trigger('two'));
    await put(trigger('three'));

    expect(none.triggers).toEqual([]);
    expect((await get()).triggers).toEqual([trigger('three')]);
  });

  it.each<[string, unknown, () => Promise<unknown>]>([
    [
      'a repository that does not exist',
      codecommit.RepositoryDoesNotExistException,
      () => repositories.send(new codecommit.GetRepositoryCommand({ repositoryName: 'Other' })),
    ],
    ['a name that is taken', codecommit.RepositoryNameExistsException, () => create('Repo')],
    ['a name that no repository can have', codecommit.InvalidRepositoryNameException, () => create('Repo.git')],
    [
      'a branch that does not exist',
      codecommit.BranchDoesNotExistException,
      () => repositories.send(new codecommit.GetBranchCommand({ repositoryName: 'Repo', branchName: 'main' })),
    ],
    [
      'a default branch that does not exist',
      codecommit.BranchDoesNotExistException,
      () =>
        repositories.send(
          new codecommit.UpdateDefaultBranchCommand({ repositoryName: 'Repo', defaultBranchName: 'main' }),
        ),
    ],
    [
      'more than 100 commits',
      codecommit.CommitIdsLimitExceededException,
      () =>
        repositories.send(
          new codecommit.BatchGetCommitsCommand({
            repositoryName: 'Repo',
            commitIds: Array.from({ length: 101 }, (_, n) => String(n).padStart(40, '0')),
          }),
        ),
    ],
    [
      'more than ten triggers',
      codecommit.MaximumRepositoryTriggersExceededException,
      () =>
        repositories.send(
          new codecommit.PutRepositoryTriggersCommand({
            repositoryName: 'Repo',
            triggers: Array.from({ length: 11 }, (_, n) => ({
              name: `t${n}`,
              destinationArn: `arn:aws:lambda:${NAME}:${ACCOUNT}:function:f`,
              events: ['all'],
            })),
          }),
        ),
    ],
    [
      'a trigger for another region',
      codecommit.InvalidRepositoryTriggerRegionException,
      () =>
        repositories.send(
          new codecommit.PutRepositoryTriggersCommand({
            repositoryName: 'Repo',
            triggers: [
              { name: 't', destinationArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`, events: ['all'] },
            ],
          }),
        ),
    ],
  ])('refuses %s with the exception that its SDK knows', async (_, exception, call) => {
    await create('Repo');

    expect(await failure(call())).toBeInstanceOf(exception);
  });
});

describe('Step Functions, asked by its SDK', () => {
  const start = (mode: string, name?: string, stateMachineArn = MACHINE) =>
    executions.send(new sfn.StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ mode }) }));
  const describeExecution = (executionArn: string | undefined) =>
    executions.send(new sfn.DescribeExecutionCommand({ executionArn }));
  const ended = (executionArn: string | undefined) => machine.find(executionArn ?? '')?.ended;

  it('describes an execution that failed by its error and its cause', async () => {
    const { executionArn } = await start('fail');
    await ended(executionArn);

    const { status, error, cause, output } = await describeExecution(executionArn);

    expect({ status, error, output }).toEqual({ status: 'FAILED', error: 'States.TaskFailed', output: undefined });
    expect(JSON.parse(cause ?? '')).toMatchObject({ Containers: [{ ExitCode: 12 }] });
  });

  it('starts an execution of one name and input once while it is open, and refuses that name for anything else', async () => {
    const first = await start('wait', 'name');
    await waiting;
    const second = await start('wait', 'name');
    const otherInput = await failure(start('end', 'name'));
    await executions.send(new sfn.StopExecutionCommand({ executionArn: first.executionArn }));
    const closed = await failure(start('wait', 'name'));

    expect(second).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
    expect(otherInput).toBeInstanceOf(sfn.ExecutionAlreadyExists);
    expect(closed).toBeInstanceOf(sfn.ExecutionAlreadyExists);
    expect(tasks.started).toBe(1);
  });

  it('ends the process of the task when its execution is stopped', async () => {
    const { executionArn } = await start('wait');
    const pid = await waiting;
    process.kill(pid, 0);

    const { stopDate } = await executions.send(new sfn.StopExecutionCommand({ executionArn }));
    const task = JSON.parse(((await taskEnded) as Error).message);

    expect(task).toMatchObject({ Containers: [{ ExitCode: 143 }] });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', stopDate });
  });

  it('lists executions with the newest first, all or those of one status', async () => {
    const failed = await start('fail', 'failed');
    await ended(failed.executionArn);
    const done = await start('end', 'done');
    await ended(done.executionArn);
    const names = async (statusFilter?: sfn.ExecutionStatus) =>
      (
        await executions.send(new sfn.ListExecutionsCommand({ stateMachineArn: MACHINE, statusFilter }))
      ).executions?.map(({ name }) => name);

    expect(await names()).toEqual(['done', 'failed']);
    expect(await names('FAILED')).toEqual(['failed']);
    expect(await names('RUNNING')).toEqual([]);
  });

  it('lists its state machine and gives the definition that it runs', async () => {
    const { stateMachines } = await executions.send(new sfn.ListStateMachinesCommand({}));
    const described = await executions.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: MACHINE }));

    expect(stateMachines).toMatchObject([{ stateMachineArn: MACHINE, name: 'm', type: 'STANDARD' }]);
    expect(described).toMatchObject({ stateMachineArn: MACHINE, status: 'ACTIVE' });
    expect(JSON.parse(described.definition ?? '')).toEqual(DEFINITION);
  });

  it.each<[string, unknown, () => Promise<unknown>]>([
    ['a state machine that does not exist', sfn.StateMachineDoesNotExist, () => start('end', 'n', `${MACHINE}-other`)],
    [
      'an execution that does not exist',
      sfn.ExecutionDoesNotExist,
      () => describeExecution(`arn:aws:states:${NAME}:${ACCOUNT}:execution:m:none`),
    ],
    [
      'to stop an execution that does not exist',
      sfn.ExecutionDoesNotExist,
      () =>
        executions.send(
          new sfn.StopExecutionCommand({ executionArn: `arn:aws:states:${NAME}:${ACCOUNT}:execution:m:none` }),
        ),
    ],
    ['a name with a space', sfn.InvalidName, () => start('end', 'a name')],
    ['a name of 81 characters', sfn.InvalidName, () => start('end', 'n'.repeat(81))],
    [
      'an input that is no JSON',
      sfn.InvalidExecutionInput,
      () => executions.send(new sfn.StartExecutionCommand({ stateMachineArn: MACHINE, input: '{replica: R}' })),
    ],
  ])('refuses %s with the exception that its SDK knows', async (_, exception, call) => {
    expect(await failure(call())).toBeInstanceOf(exception);
    expect(tasks.started).toBe(0);
  });
});

describe('SNS, asked by its SDK', () => {
  it('lists its topic', async () => {
    expect((await topics.send(new sns.ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: TOPIC }]);
  });

  it.each<[string, unknown, sns.PublishCommandInput]>([
    ['a topic that does not exist', sns.NotFoundException, { TopicArn: `${TOPIC}-other`, Message: 'm' }],
    ['a subject of 101 characters', sns.InvalidParameterException, { Subject: 's'.repeat(101), Message: 'm' }],
    ['a subject of two lines', sns.InvalidParameterException, { Subject: 'a\nb', Message: 'm' }],
    ['a subject that is not ASCII', sns.InvalidParameterException, { Subject: 'ä', Message: 'm' }],
    ['a message of over 256 KiB', sns.InvalidParameterException, { Message: 'ä'.repeat(131_073) }],
    ['an empty message', sns.InvalidParameterException, { Message: '' }],
  ])('refuses %s with the exception that its SDK knows', async (_, exception, input) => {
    expect(await failure(topics.send(new sns.PublishCommand({ TopicArn: TOPIC, ...input })))).toBeInstanceOf(exception);
    expect(topic.inbox).toEqual([]);
  });
});

describe('what the local mode does not do', () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      'CodeCommit DeleteRepository',
      () => repositories.send(new codecommit.DeleteRepositoryCommand({ repositoryName: 'Repo' })),
    ],
    [
      'Step Functions DeleteStateMachine',
      () => executions.send(new sfn.DeleteStateMachineCommand({ stateMachineArn: MACHINE })),
    ],
    ['SNS CreateTopic', () => topics.send(new sns.CreateTopicCommand({ Name: 't' }))],
  ])('is refused by name: %s', async (operation, call) => {
    const error = await failure(call());

    expect(error.name).toBe('UnsupportedOperation');
    expect(error.message).toContain(operation);
  });

  it.each<[string, (keys: typeof KEYS) => { send(command: unknown): Promise<unknown>; destroy(): void }, object]>([
    [
      'CodeCommit',
      (keys) => new codecommit.CodeCommitClient(client(keys)) as never,
      new codecommit.ListRepositoriesCommand({}),
    ],
    ['Step Functions', (keys) => new sfn.SFNClient(client(keys)) as never, new sfn.ListStateMachinesCommand({})],
    ['SNS', (keys) => new sns.SNSClient(client(keys)) as never, new sns.ListTopicsCommand({})],
  ])('is to serve a key that it does not know, and the SDK can read why: %s', async (_, make, command) => {
    const stranger = make({ ...KEYS, accessKeyId: 'AKIASTRANGER' });
    const error = await failure(stranger.send(command));
    stranger.destroy();

    expect(error).toMatchObject({
      message: 'The access key is not known to the local mode',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('is to serve a request without a signature', async () => {
    const response = await fetch(aws.origin, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'AWSStepFunctions.StartExecution' },
      body: JSON.stringify({ stateMachineArn: MACHINE, input: '{"mode":"end"}' }),
    });

    expect([response.status, await response.json()]).toMatchObject([403, { __type: 'UnrecognizedClientException' }]);
    expect(tasks.started).toBe(0);
  });
});
