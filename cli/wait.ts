import { setTimeout as sleep } from 'node:timers/promises';
import { ReplicationError } from '../replication/errors.ts';
import { type Execution, hasEnded, isCoalesced, workedFor } from '../replication/execution.ts';

const PAUSE_MS = 500;
const GROWTH = 1.3;
const PAUSE_MS_MAX = 10_000;
/** Looks in which Step Functions may not know an execution yet that it has just started. */
const UNKNOWN_MAX = 8;
/** Executions that we start until one does not leave its work to another. */
const STARTS_MAX = 20;
/** After so much waiting no further one is started. */
const WAITED_HOURS_MAX = 24;
const HOUR_MS = 3_600_000;

export interface Waiting {
  describe: (arn: string) => Promise<Execution | undefined>;
  pause: (ms: number) => Promise<void>;
  /** After each look at an execution that runs. */
  onRunning: (arn: string) => void;
}

/** Looks at an execution until it has ended. */
export async function waitForEnd(arn: string, waiting: Waiting): Promise<Execution> {
  const end = await endOf(arn, waiting);
  if (end !== undefined) return end;
  throw new ReplicationError(
    'missing',
    `Step Functions no longer knows ${arn}: expected an execution of the last 90 days`,
  );
}

/**
 * Waits for an execution, and where that left its work to another, for that one, and then starts the next: only the result of one
 * that did not leave its work answers for what was there before we began. What the other came to does not: it may have given
 * its lease to one that waits, or started a successor.
 *
 * @param again starts another execution, and gives its ARN
 * @throws ReplicationError where none answers
 */
export async function waitForAnswer(
  first: string,
  again: () => Promise<string>,
  waiting: Waiting & { onLeft: (arn: string, holder: string | undefined) => void },
): Promise<Execution> {
  let waitedMs = 0;
  const counting: Waiting = {
    ...waiting,
    pause: (ms) => {
      waitedMs += ms;
      return waiting.pause(ms);
    },
  };
  let arn = first;
  for (let starts = 1; ; starts++) {
    const end = await waitForEnd(arn, counting);
    if (!isCoalesced(end)) return end;
    const holder = workedFor(end);
    waiting.onLeft(arn, holder);
    if (starts === STARTS_MAX) throw noAnswer(starts, waitedMs);
    // One that nobody knows any more has ended.
    if (holder !== undefined) await endOf(holder, counting);
    if (waitedMs > WAITED_HOURS_MAX * HOUR_MS) throw noAnswer(starts, waitedMs);
    await counting.pause(Math.min(PAUSE_MS_MAX, PAUSE_MS * GROWTH ** (starts - 1)));
    arn = await again();
  }
}

function noAnswer(starts: number, waitedMs: number): ReplicationError {
  const hours = Math.round(waitedMs / HOUR_MS);
  const many = starts === 1 ? '1 execution' : `${starts} executions`;
  return new ReplicationError(
    'transient',
    `${many} in ${hours} ${hours === 1 ? 'hour' : 'hours'} left their work to others: expected one that did it itself. ccrepl status shows what is at work; start again when that has ended, or with --force, which waits for its turn`,
  );
}

/** Undefined: Step Functions does not know it. */
async function endOf(arn: string, { describe, pause, onRunning }: Waiting): Promise<Execution | undefined> {
  let unknown = 0;
  for (let ms = PAUSE_MS; ; ms = Math.min(PAUSE_MS_MAX, ms * GROWTH)) {
    const execution = await describe(arn);
    if (execution === undefined && ++unknown > UNKNOWN_MAX) return undefined;
    if (execution !== undefined && hasEnded(execution)) return execution;
    onRunning(arn);
    await pause(ms);
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
