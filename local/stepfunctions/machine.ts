import { randomUUID } from 'node:crypto';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { ApiError } from '../aws/api-error.ts';
import type { Integration } from './integrations.ts';
import { isTooLarge, PAYLOAD_BYTES_MAX } from './payload.ts';
import { runnable, STARTED } from './runnable.ts';
import { dataLimitExceeded, executionEnded } from './state-error.ts';
import { statesOf } from './states.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution, as `DescribeExecution` shows it, and the states that it has entered, nested ones too, in order. */
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

type EventLogs = ReturnType<StateMachine['run']>['eventLogs'];
/** One entry of an execution's history. */
export type ExecutionEvent = EventLogs extends AsyncGenerator<infer Event> ? Event : never;

export interface MachineOptions {
  arn: string;
  definition: StateMachineDefinition;
  /** By `Resource`. One that is told by its signal to stop must then end. */
  integrations: Readonly<Record<string, Integration>>;
  onState?: (execution: Execution, state: string) => void;
  /** All of its history: with what every state was given and gave, failures and tries. */
  onEvent?: (execution: Execution, event: ExecutionEvent) => void;
  onEnd?: (execution: Execution) => void;
  /** Milliseconds in place of a state's own waiting times, for tests. */
  pauseMs?: number;
  /** The clock that executions start and stop by; waiting times are real. */
  now?: () => Date;
}

interface Running {
  execution: Execution;
  stop: AbortController;
  abort: () => void;
  /** What its Task states have begun and not ended. */
  begun: Set<Promise<unknown>>;
}

/**
 * A Standard state machine: runs the definition as it is, with a real integration behind each `Resource`. Where AWS ends the other
 * items of a Map of which one has failed, the runner goes on with them until the execution has ended.
 */
export class LocalMachine {
  readonly arn: string;
  readonly definition: StateMachineDefinition;
  readonly #options: MachineOptions;
  readonly #runner: StateMachine;
  /** The `Resource` of each Task state, by its name. */
  readonly #resources: Map<string, string>;
  readonly #pauses: object;
  readonly #executions = new Map<string, Running>();
  #stopping = false;

  constructor(options: MachineOptions) {
    this.arn = options.arn;
    this.definition = options.definition;
    this.#options = options;
    const states = statesOf(options.definition);
    const tasks = [...states].filter(([, { Type }]) => Type === 'Task');
    this.#resources = new Map(tasks.map(([name, { Resource }]) => [name, String(Resource)]));
    for (const [name, resource] of this.#resources) {
      if (!Object.hasOwn(options.integrations, resource)) {
        throw new Error(`the state ${name} uses ${resource}, which the local mode does not support`);
      }
    }
    this.#pauses = options.pauseMs === undefined ? {} : pauses([...states.keys()], options.pauseMs);
    this.#runner = runnerOf(options.definition);
  }

  get executions(): Execution[] {
    return [...this.#executions.values()].map(({ execution }) => execution);
  }

  find(arn: string): Execution | undefined {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    const execution = this.#executions.get(name)?.execution;
    return execution?.arn === arn ? execution : undefined;
  }

  /**
   * Starts an execution; idempotent by name and input while it is open, as on AWS.
   *
   * @throws ApiError by the name that StartExecution answers with
   */
  start(input: string, name: string = randomUUID()): Execution {
    if (!/^[\w-]{1,80}$/.test(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
    if (isTooLarge(input)) {
      const limit = `Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`;
      const message = `1 validation error detected: Value at 'input' failed to satisfy constraint: ${limit}`;
      throw new ApiError('ValidationException', message);
    }
    const value = parseInput(input);
    // As AWS answers for one that is being deleted.
    if (this.#stopping) throw new ApiError('StateMachineDeleting', `State Machine is being stopped: '${this.arn}'`);
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
      startDate: this.#now(),
      states: [],
      ended: Promise.resolve(),
    };
    const running: Running = { execution, stop: new AbortController(), abort: () => {}, begun: new Set() };
    const run = this.#run(running, value);
    running.abort = run.abort;
    this.#executions.set(name, running);
    execution.ended = this.#follow(running, run);
    return execution;
  }

  /** Stops an execution, and what it waits for: a task, another execution. */
  async stop(execution: Execution): Promise<void> {
    const running = this.#executions.get(execution.name);
    if (execution.status !== 'RUNNING' || running === undefined) return;
    running.stop.abort();
    running.abort();
    await execution.ended;
    // The runner does not wait for what a state had begun; a stopped task takes a moment to end.
    await Promise.allSettled(running.begun);
  }

  /** Stops all executions, for good: from now on new ones are refused. */
  async stopAll(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.executions.map((execution) => this.stop(execution)));
    await Promise.allSettled([...this.#executions.values()].flatMap(({ begun }) => [...begun]));
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #run({ execution, stop, begun }: Running, input: unknown) {
    const handlers = [...this.#resources].map(([name, resource]) => {
      const integration = this.#options.integrations[resource] as Integration;
      const handler = async (parameters: unknown) => {
        // The runner still begins what was queued or about to be tried again when it was stopped.
        if (stop.signal.aborted) throw executionEnded();
        if (isTooLarge(JSON.stringify(parameters))) throw dataLimitExceeded(`what the state ${name} was given`);
        const work = integration(parameters as never, { arn: execution.arn, signal: stop.signal });
        begun.add(work);
        const result = JSON.stringify((await work.finally(() => begun.delete(work))) ?? null);
        if (isTooLarge(result)) throw dataLimitExceeded(`the result of the state ${name}`);
        return JSON.parse(result);
      };
      return [name, handler] as const;
    });
    const start = { Input: input as never, StartTime: execution.startDate.toISOString() };
    return this.#runner.run(input as never, {
      context: {
        Execution: { Id: execution.arn, Name: execution.name, ...start },
        StateMachine: { Id: this.arn, Name: this.arn.split(':').at(-1) },
        [STARTED]: start,
      },
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) as never, ...this.#pauses },
    });
  }

  async #follow({ execution, stop, abort }: Running, run: ReturnType<StateMachine['run']>): Promise<void> {
    const result = run.result.then(
      (output): Partial<Execution> => ({ status: 'SUCCEEDED', output: JSON.stringify(output) }),
      failureOf,
    );
    let tooLarge: Partial<Execution> | undefined;
    for await (const event of run.eventLogs) {
      this.#options.onEvent?.(execution, event);
      if (event.type === 'StateEntered') {
        execution.states.push(event.state.name);
        this.#options.onState?.(execution, event.state.name);
      }
      if (
        event.type === 'StateExited' &&
        tooLarge === undefined &&
        isTooLarge(JSON.stringify(event.state.output ?? null))
      ) {
        tooLarge = failureOf(dataLimitExceeded(`the output of the state ${event.state.name}`));
        stop.abort();
        abort();
      }
    }
    Object.assign(execution, tooLarge ?? (await result), { stopDate: this.#now() });
    // What nobody waits for any more: the other items of a Map that failed, a task whose time was over.
    stop.abort();
    this.#options.onEnd?.(execution);
  }
}

/** A runner holds nothing of its executions, and to check a definition takes long: one for each text. */
const runners = new Map<string, StateMachine>();

/** Makes what runs the definition. What is checked, once, is how it is written. */
function runnerOf(definition: StateMachineDefinition): StateMachine {
  const text = JSON.stringify(definition);
  const known = runners.get(text);
  if (known !== undefined) return known;
  new StateMachine(definition, { validationOptions: { checkArn: false } });
  const runner = new StateMachine(runnable(definition), { validationOptions: { noValidate: true } });
  runners.set(text, runner);
  return runner;
}

function parseInput(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    throw new ApiError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
  }
}

function pauses(names: readonly string[], pauseMs: number) {
  const all = Object.fromEntries(names.map((name) => [name, pauseMs]));
  return { waitTimeOverrides: all, retryIntervalOverrides: all };
}

function failureOf(error: Error): Partial<Execution> {
  if (error.name === 'ExecutionAbortedError') return { status: 'ABORTED' };
  if (error.name === 'ExecutionTimeoutError') return { status: 'TIMED_OUT', error: 'States.Timeout' };
  const { name, message } = (error.cause ?? error) as Error;
  return { status: 'FAILED', error: name, cause: message };
}
