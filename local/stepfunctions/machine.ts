import { randomUUID } from 'node:crypto';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { ApiError } from '../aws/api-error.ts';
import type { Integration } from './integrations.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution, as `DescribeExecution` shows it, and the states that it has entered, in order. */
export interface Execution {
  arn: string;
  name: string;
  input: string;
  status: ExecutionStatus;
  startDate: Date;
  stopDate?: Date;
  output?: string;
  error?: string;
  cause?: string;
  states: string[];
  /** Settles when the execution has ended, however it did. */
  ended: Promise<void>;
}

export interface MachineOptions {
  arn: string;
  definition: StateMachineDefinition;
  /** By `Resource`. */
  integrations: Readonly<Record<string, Integration>>;
  onState?: (execution: Execution, state: string) => void;
  onEnd?: (execution: Execution) => void;
  /** Milliseconds in place of a state's own waiting times, for tests. */
  pauseMs?: number;
}

interface Running {
  execution: Execution;
  stop: AbortController;
  abort: () => void;
  /** What its Task states have begun and not ended. */
  begun: Set<Promise<unknown>>;
}

/** A Standard state machine: runs the definition as it is, with a real integration behind each `Resource`. */
export class LocalMachine {
  readonly arn: string;
  readonly definition: StateMachineDefinition;
  readonly #options: MachineOptions;
  readonly #executions = new Map<string, Running>();

  constructor(options: MachineOptions) {
    this.arn = options.arn;
    this.definition = options.definition;
    this.#options = options;
    for (const [name, state] of tasksOf(options.definition)) {
      if (options.integrations[state.Resource] === undefined) {
        throw new Error(`the state ${name} uses ${state.Resource}, which the local mode does not support`);
      }
    }
  }

  get executions(): Execution[] {
    return [...this.#executions.values()].map(({ execution }) => execution);
  }

  find(arn: string): Execution | undefined {
    return this.executions.find((execution) => execution.arn === arn);
  }

  /** Starts an execution; idempotent by name and input while it is open, as on AWS. */
  start(input: string, name: string = randomUUID()): Execution {
    const known = this.#executions.get(name)?.execution;
    if (known !== undefined) {
      if (known.status === 'RUNNING' && known.input === input) return known;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`);
    }
    const execution: Execution = {
      arn: `${this.arn.replace(':stateMachine:', ':execution:')}:${name}`,
      name,
      input,
      status: 'RUNNING',
      startDate: new Date(),
      states: [],
      ended: Promise.resolve(),
    };
    const stop = new AbortController();
    const begun = new Set<Promise<unknown>>();
    const run = this.#run(execution, stop.signal, begun);
    this.#executions.set(name, { execution, stop, abort: run.abort, begun });
    execution.ended = this.#follow(execution, run);
    return execution;
  }

  /** Stops an execution, and the task that it waits for. */
  async stop(execution: Execution): Promise<void> {
    const running = this.#executions.get(execution.name);
    if (execution.status !== 'RUNNING' || running === undefined) return;
    running.stop.abort();
    running.abort();
    await execution.ended;
    // The runner does not wait for what a state had begun; a stopped task takes a moment to end.
    await Promise.allSettled(running.begun);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.executions.map((execution) => this.stop(execution)));
  }

  #run(execution: Execution, signal: AbortSignal, begun: Set<Promise<unknown>>) {
    const handlers = tasksOf(this.definition).map(([name, { Resource }]) => {
      const integration = this.#options.integrations[Resource] as Integration;
      const handler = (parameters: unknown) => {
        const work = integration(parameters as never, { arn: execution.arn, signal });
        begun.add(work);
        const ended = () => begun.delete(work);
        work.then(ended, ended);
        return work;
      };
      return [name, handler] as const;
    });
    const input = JSON.parse(execution.input) as never;
    const context = {
      Execution: {
        Id: execution.arn,
        Name: execution.name,
        Input: input,
        StartTime: execution.startDate.toISOString(),
      },
    };
    const overrides = {
      taskResourceLocalHandlers: Object.fromEntries(handlers) as never,
      ...(this.#options.pauseMs !== undefined && pauses(this.definition, this.#options.pauseMs)),
    };
    return new StateMachine(this.definition, { validationOptions: { checkArn: false } }).run(input, {
      context,
      overrides,
    });
  }

  async #follow(execution: Execution, run: ReturnType<StateMachine['run']>): Promise<void> {
    const result = run.result.then(
      (output) => Object.assign(execution, { status: 'SUCCEEDED', output: JSON.stringify(output) }),
      (error: Error) => Object.assign(execution, failureOf(error)),
    );
    for await (const event of run.eventLogs) {
      if (event.type !== 'StateEntered') continue;
      execution.states.push(event.state.name);
      this.#options.onState?.(execution, event.state.name);
    }
    await result;
    execution.stopDate = new Date();
    this.#options.onEnd?.(execution);
  }
}

function tasksOf(definition: StateMachineDefinition): [string, { Resource: string }][] {
  return Object.entries(definition.States).filter(([, { Type }]) => Type === 'Task') as never;
}

function pauses(definition: StateMachineDefinition, pauseMs: number) {
  const all = Object.keys(definition.States).map((name) => [name, pauseMs] as const);
  return { waitTimeOverrides: Object.fromEntries(all), retryIntervalOverrides: Object.fromEntries(all) };
}

function failureOf(error: Error): Partial<Execution> {
  if (error.name === 'ExecutionAbortedError') return { status: 'ABORTED' };
  if (error.name === 'ExecutionTimeoutError') return { status: 'TIMED_OUT', error: 'States.Timeout' };
  const { name, message } = (error.cause ?? error) as Error;
  return { status: 'FAILED', error: name, cause: message };
}
