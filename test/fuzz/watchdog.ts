import { Worker } from 'node:worker_threads';

/** What the watcher sees: how many inputs were begun, the length of the last, and its bytes. */
export const INPUT_AT = 8;
const INPUT_BYTES_MAX = 1 << 20;

/** Ends the process, with a command that tries the input again, if one input takes far too long. */
export class Watchdog {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #worker: Worker;

  constructor(target: string) {
    const shared = new SharedArrayBuffer(INPUT_AT + INPUT_BYTES_MAX);
    this.#words = new Int32Array(shared, 0, 2);
    this.#bytes = new Uint8Array(shared, INPUT_AT);
    this.#worker = new Worker(new URL('./watchdog-worker.ts', import.meta.url), { workerData: { shared, target } });
  }

  begin(bytes: Buffer): void {
    this.#bytes.set(bytes.subarray(0, INPUT_BYTES_MAX));
    Atomics.store(this.#words, 1, bytes.length);
    Atomics.add(this.#words, 0, 1);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
