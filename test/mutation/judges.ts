import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Judgement, Trial } from './judge.ts';

/** A trial's end: judged, or the judge was lost with it by an error that nobody handled, or it hangs. */
export type Outcome = { kind: 'judged'; judgement: Judgement } | { kind: 'lost'; error: string } | { kind: 'hangs' };

/** A process that judges one trial after the other, and is replaced after each that it did not survive. */
export class Judge {
  /** Trials after which a judge is replaced: what each leaves behind in its process must not add up. */
  static readonly #TRIALS_MAX = 300;
  #worker: ChildProcess | undefined;
  #trials = 0;

  async try(trial: Trial, limitMs: number): Promise<Outcome> {
    if (this.#trials >= Judge.#TRIALS_MAX) this.renew();
    this.#trials += 1;
    this.#worker ??= fork(join(import.meta.dirname, 'judge-worker.ts'), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Cases made at random are the same for every mutant.
      env: { ...process.env, CCREPL_SEED: '1', NODE_ENV: 'test' },
    });
    const worker = this.#worker;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(limitMs)]);
    worker.send(trial);
    const outcome = await Promise.race([
      once(worker, 'message', { signal }).then(([answer]) => answerOf(answer)),
      once(worker, 'exit', { signal }).then(([code]) => ({ kind: 'lost' as const, error: `exit ${code}` })),
    ]).catch((): Outcome => ({ kind: 'hangs' }));
    over.abort();
    if (outcome.kind !== 'judged') this.renew();
    return outcome;
  }

  /** The next trial has a process of its own. */
  renew(): void {
    this.#worker?.kill('SIGKILL');
    this.#worker = undefined;
    this.#trials = 0;
  }
}

const answerOf = (answer: { judgement: Judgement } | { lost: string }): Outcome =>
  'lost' in answer ? { kind: 'lost', error: answer.lost } : { kind: 'judged', judgement: answer.judgement };
