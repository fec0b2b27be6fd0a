import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalTasks, type RunTaskParameters, type StoppedTask } from '../../local/ecs/tasks.ts';
import { runTaskSync } from '../../local/stepfunctions/integrations.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const CLUSTER = 'arn:aws:ecs:ap-northeast-1:111122223333:cluster/ccrepl';
const TASK_DEFINITION = 'arn:aws:ecs:ap-northeast-1:111122223333:task-definition/ccrepl-replicate:1';

afterAll(removeFolders);

const parameters = (environment: Record<string, string> = {}): RunTaskParameters => ({
  Cluster: CLUSTER,
  TaskDefinition: TASK_DEFINITION,
  Overrides: {
    ContainerOverrides: [
      { Name: 'replicate', Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })) },
    ],
  },
});

/** Tasks whose container runs this program. */
async function tasksOf(program: string, env: Record<string, string> = {}): Promise<LocalTasks> {
  const bundle = join(await aFolder(), 'program.mjs');
  await writeFile(bundle, program);
  return new LocalTasks({ bundle, env });
}

interface Ran {
  task: StoppedTask;
  results: string[];
  logs: string[];
}

/** Runs one task to its end. `onResult` sees each line of its stdout as it comes. */
async function run(
  tasks: LocalTasks,
  options: { environment?: Record<string, string>; signal?: AbortSignal; onResult?: (line: string) => void } = {},
): Promise<Ran> {
  const { environment = {}, signal = new AbortController().signal, onResult } = options;
  const [results, logs]: [string[], string[]] = [[], []];
  const output = {
    onResult: (line: string) => {
      results.push(line);
      onResult?.(line);
    },
    onLog: (line: string) => logs.push(line),
  };
  return { task: await tasks.run(parameters(environment), output, signal), results, logs };
}

/** Runs until it is told to stop, and says when it has begun. */
const WAITS = "setInterval(() => {}, 1e9);\nconsole.log('begun');\n";

describe('the exit code of a task', () => {
  it.each([0, 1, 10, 255])('is that of its program: %i', async (code) => {
    const { task } = await run(await tasksOf(`process.exitCode = ${code};`));

    expect(task.Containers).toEqual([{ Name: 'replicate', ExitCode: code, LastStatus: 'STOPPED' }]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
    ['SIGABRT', 134],
  ])('is 128 and the number of the signal that ended it: %s gives %i', async (signal, code) => {
    const { task } = await run(await tasksOf(`${WAITS}process.kill(process.pid, '${signal}');`));

    expect(task.Containers[0]?.ExitCode).toBe(code);
  });

  it('is 143 when the task is stopped', async () => {
    const stop = new AbortController();

    const { task } = await run(await tasksOf(WAITS), { signal: stop.signal, onResult: () => stop.abort() });

    expect(task.Containers[0]?.ExitCode).toBe(143);
  });

  it('is what a program chooses that cleans up when it is stopped', async () => {
    const stop = new AbortController();
    const tasks = await tasksOf(`process.on('SIGTERM', () => process.exit(12));\n${WAITS}`);

    const { task } = await run(tasks, { signal: stop.signal, onResult: () => stop.abort() });

    expect(task.Containers[0]?.ExitCode).toBe(12);
  });

  it('is 143 when the task was stopped before it could begin', async () => {
    const { task, results } = await run(await tasksOf(WAITS), { signal: AbortSignal.abort() });

    expect(task.Containers[0]?.ExitCode).toBe(143);
    expect(results).toEqual([]);
  });

  it('is 1 when its program does not exist, and the log says so', async () => {
    const bundle = join(await aFolder(), 'missing.mjs');

    const { task, logs } = await run(new LocalTasks({ bundle, env: {} }));

    expect(task.Containers[0]?.ExitCode).toBe(1);
    expect(logs.join('\n')).toContain('missing.mjs');
  });
});

it('gives a task exactly the environment of its definition and its overrides, and the overrides win', async () => {
  const tasks = await tasksOf('console.log(JSON.stringify(process.env));', { FROM: 'definition', BOTH: 'definition' });

  const { results } = await run(tasks, { environment: { BOTH: 'override', EMPTY: '', QUOTED: '{"a":"b c\\n"}' } });

  expect(results.map((line) => JSON.parse(line))).toEqual([
    { FROM: 'definition', BOTH: 'override', EMPTY: '', QUOTED: '{"a":"b c\\n"}' },
  ]);
});

it('gives every line of both outputs once, whole and in order, also a last one without an end', async () => {
  const long = 'ä'.repeat(200_000);
  const tasks = await tasksOf(
    "process.stdout.write('ä'.repeat(200_000) + '\\n\\nlast');\nprocess.stderr.write('one\\ntwo\\n');",
  );

  const { results, logs } = await run(tasks);

  expect(results).toEqual([long, '', 'last']);
  expect(logs).toEqual(['one', 'two']);
});

it('describes a stopped task as DescribeTasks does, in the names that Step Functions gives them', async () => {
  const { task } = await run(await tasksOf('process.exitCode = 3;'), { environment: { A: 'b' } });

  expect(task).toEqual({
    Attachments: [],
    ClusterArn: CLUSTER,
    Containers: [{ Name: 'replicate', ExitCode: 3, LastStatus: 'STOPPED' }],
    CreatedAt: expect.any(Number),
    DesiredStatus: 'STOPPED',
    LastStatus: 'STOPPED',
    LaunchType: 'FARGATE',
    Overrides: { ContainerOverrides: [{ Name: 'replicate', Environment: [{ Name: 'A', Value: 'b' }] }] },
    StartedBy: 'AWS Step Functions',
    StopCode: 'EssentialContainerExited',
    StoppedAt: expect.any(Number),
    StoppedReason: 'Essential container in task exited',
    TaskArn: expect.stringMatching(/^arn:aws:ecs:ap-northeast-1:111122223333:task\/ccrepl\/[0-9a-f]{32}$/),
    TaskDefinitionArn: TASK_DEFINITION,
  });
});

it('gives every task an ARN of its own, and counts the tasks', async () => {
  const tasks = await tasksOf('');

  const both = await Promise.all([run(tasks), run(tasks)]);

  expect(new Set(both.map(({ task }) => task.TaskArn)).size).toBe(2);
  expect(tasks.started).toBe(2);
});

describe('the integration ecs:runTask.sync', () => {
  const output = () => ({ onLog: () => {}, onResult: () => {} });
  const edge = {
    arn: 'arn:aws:states:ap-northeast-1:111122223333:execution:m:e',
    signal: new AbortController().signal,
  };
  const call = async (program: string) => runTaskSync(await tasksOf(program), output)(parameters() as never, edge);

  it('gives the task when it ended with 0', async () => {
    expect(await call('')).toMatchObject({ LastStatus: 'STOPPED', Containers: [{ ExitCode: 0 }] });
  });

  it('fails with States.TaskFailed and the task as JSON when it ended with anything else', async () => {
    const error = await call('process.exitCode = 10;').catch((caught: Error) => caught as Error);

    expect(error).toBeInstanceOf(Error);
    expect((error as Error).name).toBe('States.TaskFailed');
    expect(JSON.parse((error as Error).message)).toMatchObject({
      StopCode: 'EssentialContainerExited',
      Containers: [{ Name: 'replicate', ExitCode: 10 }],
    });
  });
});
