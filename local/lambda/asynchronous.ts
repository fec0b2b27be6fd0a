import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FunctionFailure, Invocation } from './invocation.ts';

/** Lambda's own waits before the second and the third attempt. */
const WAITS_MS = [60_000, 120_000];
/** Nobody at a screen waits a minute: a sixtieth of it. */
const SHORTENED = 60;

/** An event that a function has failed on for good, as it comes to the dead-letter queue. */
export interface DeadLetter {
  functionArn: string;
  requestId: string;
  event: unknown;
  attempts: number;
  /** Of the last attempt. */
  failure: FunctionFailure;
}

export interface AsynchronousOptions {
  invoke: (event: unknown, requestId: string) => Promise<Invocation>;
  functionArn: string;
  /** Milliseconds in place of each wait. */
  pauseMs?: number | undefined;
  onDeadLetter?: ((letter: DeadLetter) => void) | undefined;
}

/** Asynchronous invocations of one function: a failed one is tried twice more, and then its event is a dead letter. */
export class AsynchronousInvocations {
  readonly #options: AsynchronousOptions;
  readonly #stopped = new AbortController();

  constructor(options: AsynchronousOptions) {
    this.#options = options;
  }

  /** Settles when the event has been worked on, or given up. */
  async deliver(event: unknown): Promise<void> {
    const { invoke, functionArn, pauseMs, onDeadLetter } = this.#options;
    // All attempts have one id, by which a log shows that they belong together.
    const requestId = randomUUID();
    for (const wait of [...WAITS_MS, undefined]) {
      if (this.#stopped.signal.aborted) return;
      const result = await invoke(event, requestId);
      if (!('failure' in result) || this.#stopped.signal.aborted) return;
      const { failure } = result;
      if (wait === undefined) {
        onDeadLetter?.({ functionArn, requestId, event, attempts: WAITS_MS.length + 1, failure });
        return;
      }
      await pause(pauseMs ?? wait / SHORTENED, undefined, { signal: this.#stopped.signal }).catch(() => {});
    }
  }

  /** Nothing is tried any more: what fails because all ends is no dead letter. */
  stop(): void {
    this.#stopped.abort();
  }
}
