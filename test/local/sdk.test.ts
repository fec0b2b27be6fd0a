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
import { executionCalls } from '../../local/stepfunctions/executions.ts';
import {
  type Integration,
  lambdaInvoke,
  runTaskSync,
  snsPublish,
  stateError,
} from '../../local/stepfunctions/integrations.ts';
import { type Execution, LocalMachine, type MachineOptions } from '../../local/stepfunctions/machine.ts';
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
    ['an input of over 256 KiB', sfn.ValidationException, () => start('ä'.repeat(131_073))],
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

/** A machine of these states, each the next of the one before; its Resources are these. */
const machineOf = (
  states: Record<string, object>,
  integrations: Record<string, Integration>,
  options: Partial<MachineOptions> & { definition?: object } = {},
): LocalMachine => {
  const names = Object.keys(states);
  const link = (name: string, index: number) => {
    const next = names[index + 1];
    return [name, { ...(next === undefined ? { End: true } : { Next: next }), ...states[name] }];
  };
  const definition = { StartAt: names[0], States: Object.fromEntries(names.map(link)), ...options.definition };
  const arn = options.arn ?? MACHINE.replace(/m$/, 'parent');
  return new LocalMachine({
    pauseMs: 0,
    ...options,
    arn,
    definition: JSON.parse(JSON.stringify(definition)),
    integrations,
  });
};
const run = async (given: LocalMachine, input: unknown = {}): Promise<Execution> => {
  const execution = given.start(JSON.stringify(input));
  await execution.ended;
  return execution;
};
const outputOf = ({ output, error, cause }: Execution) =>
  output === undefined ? { error, cause } : JSON.parse(output);
const never = (_: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')));
  });

describe('a state that calls Step Functions', () => {
  const CHILD = MACHINE.replace(/m$/, 'child');
  /** Ends as its input says. */
  const child = machineOf(
    { Work: { Type: 'Task', Resource: 'work' } },
    {
      work: async ({ ends }: { ends: string }, edge) => {
        if (ends === 'badly') throw stateError('Child.Error', 'why');
        return ends === 'never' ? never({}, edge) : { done: true };
      },
    },
    { arn: CHILD },
  );
  let own: LocalMachine;
  const calls = executionCalls(() => [child, own]);
  const one = (action: string, parameters: object, more: object = {}) => {
    own = machineOf({ Call: { Type: 'Task', Resource: action, Parameters: parameters, ...more } }, calls);
    return own;
  };
  const START = 'arn:aws:states:::states:startExecution';
  const DESCRIBE = 'arn:aws:states:::aws-sdk:sfn:describeExecution';
  const startOf = (ends: string, more: object = {}) => ({ StateMachineArn: CHILD, Input: { ends }, ...more });
  afterEach(() => Promise.all(child.executions.map((execution) => child.stop(execution))));

  it('starts an execution and does not wait for it', async () => {
    const result = outputOf(await run(one(START, startOf('never'))));

    expect(result).toEqual({
      ExecutionArn: expect.stringContaining(':execution:child:'),
      StartDate: expect.any(Number),
    });
    expect(child.find(result.ExecutionArn)).toMatchObject({ status: 'RUNNING', input: '{"ends":"never"}' });
  });

  it('waits for an execution to end, and gets what it was given and what it gave as JSON', async () => {
    expect(outputOf(await run(one(`${START}.sync:2`, startOf('well', { Name: 'by-name' }))))).toEqual({
      ExecutionArn: `${CHILD.replace(':stateMachine:', ':execution:')}:by-name`,
      StateMachineArn: CHILD,
      Name: 'by-name',
      Status: 'SUCCEEDED',
      StartDate: expect.any(Number),
      StopDate: expect.any(Number),
      Input: { ends: 'well' },
      Output: { done: true },
    });
  });

  it('fails as the execution that it waits for, whose description is the Cause', async () => {
    const { error, cause } = await run(one(`${START}.sync:2`, startOf('badly')));

    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({
      Status: 'FAILED',
      Error: 'Child.Error',
      Cause: 'why',
      Input: { ends: 'badly' },
    });
    expect(cause).toContain('"Error":"Child.Error"');
  });

  it('fails when somebody stops the execution that it waits for', async () => {
    const waits = one(`${START}.sync:2`, startOf('never', { Name: 'to-stop' })).start('{}');
    await new Promise((resolve) => setImmediate(resolve));
    await child.stop(child.find(`${CHILD.replace(':stateMachine:', ':execution:')}:to-stop`) as Execution);
    await waits.ended;

    expect(waits.error).toBe('States.TaskFailed');
    expect(JSON.parse(waits.cause ?? '')).toMatchObject({ Status: 'ABORTED' });
  });

  it('stops the execution that it waits for when its own is stopped', async () => {
    const waits = one(`${START}.sync:2`, startOf('never', { Name: 'with-parent' })).start('{}');
    await new Promise((resolve) => setImmediate(resolve));
    const waitedFor = child.find(`${CHILD.replace(':stateMachine:', ':execution:')}:with-parent`);
    const before = waitedFor?.status;
    await own.stop(waits);

    expect([before, waitedFor?.status, waits.status]).toEqual(['RUNNING', 'ABORTED', 'ABORTED']);
  });

  it('describes an execution, the times in ISO 8601, and what it was given and gave as text', async () => {
    const failed = await run(child, { ends: 'badly' });
    const open = child.start('{"ends":"never"}');
    const describeOne = async ({ arn }: Execution) => outputOf(await run(one(DESCRIBE, { ExecutionArn: arn })));

    expect(await describeOne(failed)).toEqual({
      ExecutionArn: failed.arn,
      StateMachineArn: CHILD,
      Name: failed.name,
      Status: 'FAILED',
      StartDate: failed.startDate.toISOString(),
      StopDate: failed.stopDate?.toISOString(),
      Input: '{"ends":"badly"}',
      Error: 'Child.Error',
      Cause: 'why',
    });
    expect(await describeOne(open)).toEqual({
      ExecutionArn: open.arn,
      StateMachineArn: CHILD,
      Name: open.name,
      Status: 'RUNNING',
      StartDate: open.startDate.toISOString(),
      Input: '{"ends":"never"}',
    });
  });

  it.each<[string, string, object]>([
    ['Sfn.ExecutionDoesNotExistException', DESCRIBE, { ExecutionArn: `${CHILD}:none` }],
    ['StepFunctions.StateMachineDoesNotExistException', START, { StateMachineArn: `${CHILD}-other` }],
    ['StepFunctions.StateMachineDoesNotExistException', `${START}.sync:2`, { StateMachineArn: `${CHILD}-other` }],
    ['StepFunctions.ExecutionAlreadyExistsException', START, startOf('well', { Name: 'taken' })],
    ['StepFunctions.InvalidNameException', START, startOf('well', { Name: 'a name' })],
    ['States.Runtime', START, startOf('well', { TraceHeader: 't' })],
    ['States.Runtime', `${START}.sync:2`, startOf('well', { input: {} })],
    ['States.Runtime', DESCRIBE, { ExecutionArn: 'e', IncludedData: 'ALL_DATA' }],
  ])('fails with %s: %s', async (name, action, parameters) => {
    if (name.includes('AlreadyExists')) await child.start('{"ends":"other"}', 'taken').ended;

    expect((await run(one(action, parameters))).error).toBe(name);
  });

  it('cannot catch what its parameters are refused for', async () => {
    const more = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Call' }], Retry: [{ ErrorEquals: ['States.ALL'] }] };

    const { states, cause } = await run(one(START, { StateMachineArn: CHILD, Bogus: 1 }, more));

    expect(states).toEqual(['Call']);
    expect(cause).toContain('The field "Bogus" is not supported');
  });

  it('in a Map waits for so many at once, and one that fails stops no other', async () => {
    let [running, most] = [0, 0];
    const counted: Integration = async (parameters, edge) => {
      running += 1;
      most = Math.max(most, running);
      return (calls[`${START}.sync:2`] as Integration)(parameters, edge).finally(() => {
        running -= 1;
      });
    };
    const Start = {
      Type: 'Task',
      Resource: 'counted',
      Parameters: { StateMachineArn: CHILD, Input: { 'ends.$': '$.ends', 'by.$': '$$.Execution.Input.by' } },
      ResultSelector: { 'status.$': '$.Status' },
      Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.failure', Next: 'Failed' }],
      End: true,
    };
    const Failed = { Type: 'Pass', Parameters: { status: 'FAILED', 'cause.$': '$.failure.Cause' }, End: true };
    const each = machineOf(
      {
        Each: {
          Type: 'Map',
          ItemsPath: '$.items',
          MaxConcurrency: 2,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Start',
            States: { Start, Failed },
          },
        },
      },
      { counted },
    );

    const execution = await run(each, { by: 'me', items: ['well', 'badly', 'well', 'well'].map((ends) => ({ ends })) });

    const results = outputOf(execution);
    expect(results).toMatchObject(['SUCCEEDED', 'FAILED', 'SUCCEEDED', 'SUCCEEDED'].map((status) => ({ status })));
    expect(JSON.parse(results[1].cause)).toMatchObject({ Error: 'Child.Error', Input: { by: 'me' } });
    expect(most).toBe(2);
    expect([...execution.states].sort()).toEqual(['Each', 'Failed', 'Start', 'Start', 'Start', 'Start']);
  });
});

describe('a state machine', () => {
  const task = (more: object = {}) => ({ Type: 'Task', Resource: 'r', ...more });
  const map = (States: object, more: object = {}) => ({
    Type: 'Map',
    ItemProcessor: { StartAt: Object.keys(States)[0], States },
    ...more,
  });
  const last = { End: true };

  it.each<[string, Record<string, object>, string]>([
    ['two states of one name', { A: map({ A: task(last) }) }, 'two states have the name A'],
    [
      'such states in two branches',
      {
        P: {
          Type: 'Parallel',
          Branches: [1, 2].map(() => ({ StartAt: 'B', States: { B: task(last) } })),
        },
      },
      'two states have the name B',
    ],
    [
      'a nested state with a Resource that it has no integration for',
      { A: map({ B: { ...task(last), Resource: 'arn:aws:states:::sqs:sendMessage' } }) },
      'the state B uses arn:aws:states:::sqs:sendMessage, which the local mode does not support',
    ],
    ['what the runner would pass over', { A: task({ Assign: { a: 1 } }) }, 'the state A has Assign'],
    ['JSONata in one state', { A: task({ QueryLanguage: 'JSONata' }) }, 'JSONPath only'],
  ])('refuses %s', (_, states, problem) => {
    expect(() => machineOf(states, { r: async () => ({}) })).toThrow(problem);
  });

  it('tells its states who they are and when they began, by the clock that it is given', async () => {
    let hour = 10;
    const now = () => new Date(Date.UTC(2030, 0, 1, hour++));
    const Ask = { Type: 'Pass', Parameters: { 'machine.$': '$$.StateMachine', 'execution.$': '$$.Execution' } };
    const Item = { Type: 'Pass', Parameters: { 'start.$': '$$.Execution.StartTime', 'input.$': '$$.Execution.Input' } };

    const asked = await run(machineOf({ Ask }, {}, { now }), { a: 1 });
    const inside = await run(machineOf({ Each: map({ Item: { ...Item, ...last } }) }, {}, { now }), [1]);

    expect(outputOf(asked)).toMatchObject({
      machine: { Id: asked.arn.replace(/:execution:(.*):.*/, ':stateMachine:$1'), Name: 'parent' },
      execution: { Id: asked.arn, Name: asked.name, Input: { a: 1 } },
    });
    expect(asked).toMatchObject({
      startDate: new Date('2030-01-01T10:00:00Z'),
      stopDate: new Date('2030-01-01T11:00:00Z'),
    });
    expect(outputOf(inside)).toEqual([{ start: '2030-01-01T12:00:00.000Z', input: [1] }]);
  });

  it('waits as long as its states say, unless told otherwise', async () => {
    const Wait = { Type: 'Wait', Seconds: 3600 };
    const waits = machineOf({ Wait }, {}, { pauseMs: undefined });
    const waiting = waits.start('{}');
    const not = await run(machineOf({ Each: map({ Nested: { ...Wait, ...last } }) }, {}), [1, 2]);
    const status = waiting.status;
    await waits.stop(waiting);

    expect([not.status, status, waiting.status]).toEqual(['SUCCEEDED', 'RUNNING', 'ABORTED']);
  });

  it('takes "$" for the whole, and evaluates functions in a Fail state', async () => {
    const catches = {
      Broken: { Type: 'Task', Resource: 'r', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$', Next: 'Fail' }] },
      Fail: {
        Type: 'Fail',
        ErrorPath: '$.Error',
        CausePath: "States.Format('{}, said {}', $.Cause, $$.Execution.Name)",
        End: undefined,
      },
    };

    const failed = await run(machineOf(catches, { r: async () => Promise.reject(stateError('E', 'why')) }), { a: 1 });

    expect(failed).toMatchObject({ error: 'E', cause: `why, said ${failed.name}` });
    expect(outputOf(await run(machineOf({ A: task({ ResultPath: '$' }) }, { r: async () => 5 })))).toBe(5);
  });

  it.each<[unknown, string]>([
    [{}, 'Absent'],
    [{ a: 'text' }, 'NoNumber'],
    [{ a: 5 }, 'Otherwise'],
    [{ a: 5, b: 1 }, 'Both'],
  ])('follows tests that must not hold: %j leads to %s', async (input, end) => {
    const test = (Variable: string, kind: string, value: boolean) => ({ Variable, [kind]: value });
    const Choices = [
      { ...test('$.a', 'IsPresent', false), Next: 'Absent' },
      { ...test('$.a', 'IsNumeric', false), Next: 'NoNumber' },
      { And: [test('$.a', 'IsPresent', true), { Not: test('$.b', 'IsPresent', false) }], Next: 'Both' },
    ];
    const Ask = { Type: 'Choice', Choices, Default: 'Otherwise', Next: undefined };
    const End = { Type: 'Pass', Next: undefined, End: true };
    const states = { Ask, Absent: End, NoNumber: End, Both: End, Otherwise: End };

    expect((await run(machineOf(states, {}), input)).states).toEqual(['Ask', end]);
  });

  describe('ends with States.DataLimitExceeded, which no Catch helps against,', () => {
    const big = 'ä'.repeat(131_072);
    const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }] };
    const After = { Type: 'Pass' };
    it.each<[string, Record<string, object>, string]>([
      [
        'when the result of a task is too large',
        { A: task({ ResultPath: null, ...caught }), After },
        'result of the state A',
      ],
      ['when that of a nested task is', { M: map({ A: task(last) }, caught), After }, 'result of the state A'],
      [
        'when the output of a state is',
        {
          Half: { Type: 'Pass', Parameters: { 'a.$': '$[0]', 'b.$': '$[0]', 'c.$': '$[0]' } },
          A: task({ ResultPath: '$.d', ...caught }),
          After,
        },
        'output of the state Half',
      ],
    ])('%s', async (_, states, what) => {
      const result = what.includes('result') ? big : 1;

      const execution = await run(machineOf(states, { r: async () => ({ result }) }), ['a'.repeat(100_000)]);

      expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(execution.cause).toContain(what);
      expect(execution.output).toBeUndefined();
    });
  });

  it('begins no task once it is stopped, though some were queued and some would be tried again', async () => {
    let [begun, open] = [0, 0];
    const r: Integration = async (_, edge) => {
      begun += 1;
      open += 1;
      return never({}, edge).finally(() => {
        open -= 1;
      });
    };
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 5 }];
    const machine = machineOf({ Each: map({ A: task({ ...last, Retry }) }, { MaxConcurrency: 3 }) }, { r });
    const execution = machine.start(JSON.stringify(Array.from({ length: 10 }, () => ({}))));
    await new Promise((resolve) => setImmediate(resolve));
    const before = [begun, open];
    await machine.stop(execution);
    await new Promise((resolve) => setImmediate(resolve));

    expect(before).toEqual([3, 3]);
    expect([begun, open, execution.status]).toEqual([3, 0, 'ABORTED']);
  });

  it('stops what the other items of a Map have begun when it fails with one of them', async () => {
    let stopped = 0;
    const r: Integration = async ({ fails }: { fails: boolean }, edge) => {
      if (fails) throw stateError('E', 'why');
      return never({}, edge).catch(() => {
        stopped += 1;
      });
    };
    const machine = machineOf({ Each: map({ A: task(last) }) }, { r });

    const execution = await run(machine, [{ fails: false }, { fails: true }]);
    await machine.stopAll();

    expect([execution.error, stopped]).toEqual(['E', 1]);
  });
});

describe('a state machine that is being stopped', () => {
  it('refuses new executions at once, and ends those that run', async () => {
    const machine = machineOf({ A: { Type: 'Task', Resource: 'r' } }, { r: never });
    const execution = machine.start('{}', 'one');

    const stopping = machine.stopAll();

    const refusal = { name: 'StateMachineDeleting', message: expect.stringContaining(machine.arn) };
    expect(() => machine.start('{}')).toThrow(expect.objectContaining(refusal));
    expect(() => machine.start('{}', 'one')).toThrow(expect.objectContaining(refusal));
    await stopping;
    expect(machine.executions).toEqual([execution]);
    expect(execution.status).toBe('ABORTED');
  });

  it('fails a state of another one that would start an execution', async () => {
    const START = 'arn:aws:states:::states:startExecution';
    const child = machineOf({ A: { Type: 'Pass' } }, {}, { arn: MACHINE.replace(/m$/, 'child') });
    await child.stopAll();
    const Parameters = { StateMachineArn: child.arn };

    const { error } = await run(
      machineOf(
        { A: { Type: 'Task', Resource: START, Parameters } },
        executionCalls(() => [child]),
      ),
    );

    expect(error).toBe('StepFunctions.StateMachineDeletingException');
  });
});

describe('a state that calls another service', () => {
  const PUBLISH = 'arn:aws:states:::sns:publish';
  const publish = (parameters: object) =>
    run(
      machineOf({ A: { Type: 'Task', Resource: PUBLISH, Parameters: parameters } }, { [PUBLISH]: snsPublish(topic) }),
    );
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });

  it('publishes a message with its attributes', async () => {
    const attributes = { verdict: text('behind'), severity: text('error') };

    const result = outputOf(
      await publish({ TopicArn: TOPIC, Subject: 's', Message: 'm', MessageAttributes: attributes }),
    );

    expect(topic.inbox).toEqual([
      { messageId: result.MessageId, subject: 's', message: 'm', attributes: { verdict: 'behind', severity: 'error' } },
    ]);
  });

  it.each<[string, string, object]>([
    ['a topic that does not exist', 'SNS.NotFoundException', { TopicArn: `${TOPIC}-other` }],
    ['a subject of two lines', 'SNS.InvalidParameterException', { Subject: 'a\nb' }],
    [
      'an attribute that is no text',
      'States.Runtime',
      { MessageAttributes: { a: { DataType: 'Number', StringValue: '1' } } },
    ],
    ['a parameter that it does not know', 'States.Runtime', { PhoneNumber: '1' }],
  ])('publishes nothing with %s: %s', async (_, name, parameters) => {
    expect((await publish({ TopicArn: TOPIC, Message: 'm', ...parameters })).error).toBe(name);
    expect(topic.inbox).toEqual([]);
  });

  it.each<[string, Integration]>([
    ['lambda:invoke', lambdaInvoke([])],
    [
      'ecs:runTask.sync',
      runTaskSync(new LocalTasks({ bundle: '', env: {} }), () => ({ onLog: () => {}, onResult: () => {} })),
    ],
  ])('cannot give a parameter that nobody would honour: %s', async (_, integration) => {
    const A = { Type: 'Task', Resource: 'r', Parameters: { Bogus: 1 } };

    expect(await run(machineOf({ A }, { r: integration }))).toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining('"Bogus"'),
    });
  });
});

it('counts the tasks that run, and how many of one replica ever ran at once', async () => {
  const counted = tasks;
  const parameters = (id: string) => ({
    Cluster: 'c',
    TaskDefinition: 'd',
    Overrides: {
      ContainerOverrides: [
        { Name: 'replicate', Environment: [{ Name: 'CCREPL_REPLICA', Value: JSON.stringify({ id }) }] },
      ],
    },
  });
  const start = (id: string) =>
    counted.run(parameters(id), { onLog: () => {}, onResult: () => {} }, new AbortController().signal);

  const both = [start('A'), start('A'), start('B')];
  const { running } = counted;
  await Promise.all(both);
  await start('B');

  expect([running, counted.running, counted.started]).toEqual([3, 0, 4]);
  expect(Object.fromEntries(counted.mostAtOnce)).toEqual({ A: 2, B: 1 });
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
      'CodeCommit ListPullRequests',
      () => repositories.send(new codecommit.ListPullRequestsCommand({ repositoryName: 'Repo' })),
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
