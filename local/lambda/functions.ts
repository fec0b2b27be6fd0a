import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AsynchronousInvocations, type DeadLetter } from './asynchronous.ts';
import type { FunctionFailure, Invocation } from './invocation.ts';

export type { Invocation } from './invocation.ts';

export interface FunctionOptions {
  arn: string;
  /** The folder of the handler below `functions/`. */
  folder: string;
  /** The function's whole environment: nothing of ours leaks into it. */
  env: Record<string, string>;
  onOutput: (line: string) => void;
  /** Milliseconds in place of the waits between the attempts of an asynchronous invocation. */
  pauseMs?: number | undefined;
  onDeadLetter?: (letter: DeadLetter) => void;
}

/** One Lambda function: the real handler in a worker thread that stays warm, started at its first event. */
export class LocalFunction {
  readonly arn: string;
  readonly #options: FunctionOptions;
  readonly #waiting = new Map<number, (invocation: Invocation) => void>();
  readonly #asynchronous: AsynchronousInvocations;
  #worker: Worker | undefined;
  #stopped = false;
  #count = 0;

  constructor(options: FunctionOptions) {
    this.arn = options.arn;
    this.#options = options;
    this.#asynchronous = new AsynchronousInvocations({
      invoke: (event, requestId) => this.invoke(event, requestId),
      functionArn: options.arn,
      pauseMs: options.pauseMs,
      onDeadLetter: options.onDeadLetter,
    });
  }

  get name(): string {
    return this.arn.split(':').at(-1) as string;
  }

  invoke(event: unknown, requestId: string = randomUUID()): Promise<Invocation> {
    if (this.#stopped) return Promise.resolve({ failure: exitError('the function was stopped') });
    this.#worker ??= this.#start();
    this.#count += 1;
    const id = this.#count;
    const context = { functionName: this.name, invokedFunctionArn: this.arn, awsRequestId: requestId };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker?.postMessage({ id, event: JSON.parse(JSON.stringify(event ?? null)), context });
    });
  }

  /** As a trigger does it: nobody waits for the answer, and what fails is tried again. Settles when all of that is over. */
  invokeAsync(event: unknown): Promise<void> {
    return this.#asynchronous.deliver(event);
  }

  /** For good: what is under way fails, and so does every event after that. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#asynchronous.stop();
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
      workerData: {
        handlerPath: join(import.meta.dirname, '..', '..', 'functions', this.#options.folder, 'handler.ts'),
      },
      env: this.#options.env,
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line !== '') this.#options.onOutput(line);
      });
    }
    worker.on('message', ({ id, ...invocation }: { id: number } & Invocation) => {
      this.#waiting.get(id)?.(invocation);
      this.#waiting.delete(id);
    });
    worker.on('error', (error) => this.#died(worker, error as Error));
    worker.on('exit', () =>
      this.#died(worker, new Error(this.#stopped ? 'the function was stopped' : 'the function ended')),
    );
    return worker;
  }

  /** Everything under way fails, and the next event starts anew, as Lambda does after a crash. */
  #died(worker: Worker, error: Error): void {
    // A worker that fails says so twice; by then another may be at work.
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const failure = exitError(error.message);
    for (const resolve of this.#waiting.values()) resolve({ failure });
    this.#waiting.clear();
  }
}

const exitError = (errorMessage: string): FunctionFailure => ({
  errorType: 'Runtime.ExitError',
  errorMessage,
  trace: [],
});
