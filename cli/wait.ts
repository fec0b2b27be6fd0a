import { setTimeout as sleep } from 'node:timers/promises';
import { ReplicationError } from '../replication/errors.ts';
import { type Execution, hasEnded, workedFor } from '../replication/execution.ts';

const PAUSE_MS = 500;
const GROWTH = 1.3;
const PAUSE_MS_MAX = 10_000;
/** Looks in which Step Functions may not know an execution yet that it has just started. */
const UNKNOWN_MAX = 8;

export interface Waiting {
  describe: (arn: string) => Promise<Execution | undefined>;
  pause: (ms: number) => Promise<void>;
  /** After each look at an execution that runs. */
  onRunning: (arn: string) => void;
}

/** Looks at an execution until it has ended, and then at the one that it left its work to: the last is what it came to. */
export async function waitForEnd(arn: string, waiting: Waiting): Promise<Execution> {
  let unknown = 0;
  for (let pause = PAUSE_MS; ; pause = Math.min(PAUSE_MS_MAX, pause * GROWTH)) {
    const execution = await waiting.describe(arn);
    if (execution === undefined && ++unknown > UNKNOWN_MAX) {
      throw new ReplicationError(
        'missing',
        `Step Functions no longer knows ${arn}: expected an execution of the last 90 days`,
      );
    }
    if (execution !== undefined && hasEnded(execution)) {
      const holder = workedFor(execution);
      return holder === undefined ? execution : waitForEnd(holder, waiting);
    }
    waiting.onRunning(arn);
    await waiting.pause(pause);
  }
}

/** A real pause, that Ctrl-C ends. */
export const pauseUnless =
  (signal: AbortSignal) =>
  async (ms: number): Promise<void> => {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      throw new ReplicationError('terminated', (signal.reason as Error).message, { cause: error });
    }
  };
