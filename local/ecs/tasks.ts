import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:os';
import { NODE_FLAGS } from '../../container/node-flags.ts';

/** ECS's default: so long after SIGTERM comes SIGKILL. */
const STOP_TIMEOUT_MS = 30_000;

/** What a run of the container gives besides its exit code. */
export interface TaskOutput {
  /** Every line of stderr: the log. */
  onLog: (line: string) => void;
  /** Every line of stdout: the result. */
  onResult: (line: string) => void;
}

export interface ContainerOptions {
  /** The container's program, a single file. */
  bundle: string;
  /** What the task definition and the platform put into its environment; nothing of ours leaks in. */
  env: Record<string, string>;
}

/** A stopped task, as `DescribeTasks` shows it (PascalCase, as Step Functions hands it over). */
export interface StoppedTask {
  TaskArn: string;
  LastStatus: string;
  StopCode: string;
  StoppedReason: string;
  Containers: { Name: string; ExitCode: number; LastStatus: string }[];
  [field: string]: unknown;
}

/** The Fargate of one machine: a task is the container's real program as a child process. */
export class LocalTasks {
  readonly #options: ContainerOptions;
  /** Tasks started so far. */
  started = 0;
  /** Tasks that run now. */
  running = 0;
  /** How many tasks of one replica ever ran at once, by the replica's id. */
  readonly mostAtOnce = new Map<string, number>();
  readonly #runningOf = new Map<string, number>();

  constructor(options: ContainerOptions) {
    this.#options = options;
  }

  /** Runs a task to its end with the overrides of the state machine; `signal` stops it, as ecs:StopTask does. */
  async run(parameters: RunTaskParameters, output: TaskOutput, signal: AbortSignal): Promise<StoppedTask> {
    const override = parameters.Overrides?.ContainerOverrides?.[0];
    const overrides = Object.fromEntries((override?.Environment ?? []).map(({ Name, Value }) => [Name, Value]));
    const replica = replicaIn(overrides['CCREPL_REPLICA']);
    this.started += 1;
    this.#count(replica, 1);
    try {
      return await this.#run(parameters, overrides, output, signal);
    } finally {
      this.#count(replica, -1);
    }
  }

  #count(replica: string | undefined, change: 1 | -1): void {
    this.running += change;
    if (replica === undefined) return;
    const running = (this.#runningOf.get(replica) ?? 0) + change;
    this.#runningOf.set(replica, running);
    this.mostAtOnce.set(replica, Math.max(running, this.mostAtOnce.get(replica) ?? 0));
  }

  async #run(
    parameters: RunTaskParameters,
    overrides: Record<string, string>,
    output: TaskOutput,
    signal: AbortSignal,
  ): Promise<StoppedTask> {
    const createdAt = Date.now();
    const child = spawn(process.execPath, [...NODE_FLAGS, this.#options.bundle], {
      env: { ...this.#options.env, ...overrides },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let patience: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill('SIGTERM');
      patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    eachLine(child.stdout, output.onResult);
    eachLine(child.stderr, output.onLog);
    const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    signal.removeEventListener('abort', stop);
    clearTimeout(patience);
    const id = randomUUID().replaceAll('-', '');
    return {
      Attachments: [],
      ClusterArn: parameters.Cluster,
      Containers: [
        {
          Name: parameters.Overrides?.ContainerOverrides?.[0]?.Name ?? 'replicate',
          // A container killed by a signal shows 128 + its number.
          ExitCode: code ?? 128 + constants.signals[killedBy ?? 'SIGKILL'],
          LastStatus: 'STOPPED',
        },
      ],
      CreatedAt: createdAt,
      DesiredStatus: 'STOPPED',
      LastStatus: 'STOPPED',
      LaunchType: 'FARGATE',
      Overrides: parameters.Overrides ?? {},
      StartedBy: 'AWS Step Functions',
      StopCode: 'EssentialContainerExited',
      StoppedAt: Date.now(),
      StoppedReason: 'Essential container in task exited',
      TaskArn: `${parameters.Cluster.replace(':cluster/', ':task/')}/${id}`,
      TaskDefinitionArn: parameters.TaskDefinition,
    };
  }
}

/** The parameters of `ecs:runTask.sync` as far as one machine can honour them. */
export interface RunTaskParameters {
  Cluster: string;
  TaskDefinition: string;
  Overrides?: { ContainerOverrides?: { Name: string; Environment?: { Name: string; Value: string }[] }[] };
}

/** The id of the replica that a task is given, if it is given one. */
function replicaIn(task = ''): string | undefined {
  try {
    return (JSON.parse(task) as { id?: string } | null)?.id;
  } catch {
    return undefined;
  }
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
