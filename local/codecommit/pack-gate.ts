import type { PackBody } from './pack-body.ts';
import { PackScan } from './pack-scan.ts';
import { bytesAllowed, type PushFault } from './push-fault.ts';
import type { PUSH_REFUSALS } from './push-refusal.ts';

/** How a push ends that git never got the whole of. */
export type Stop =
  | { kind: 'cut' }
  | { kind: 'answered'; status: number }
  | { kind: 'refused'; refusal: keyof typeof PUSH_REFUSALS };

/**
 * Lets a pack through to git, unless something is wrong with it: then git gets the end of its input in the middle of the pack,
 * which makes it throw away what it has (a killed git would leave that on disk), and `stopped` says what is to be answered. Each piece
 * waits for the next one or the end, so that git cannot be done with a pack, and move refs, while it may still be stopped.
 */
export class PackGate {
  stopped: Stop | undefined;
  readonly #scan: PackScan | undefined;
  readonly #fault: PushFault | undefined;

  /** `strict`: refuse offset deltas. */
  constructor(strict: boolean, fault: PushFault | undefined) {
    this.#scan = strict ? new PackScan() : undefined;
    this.#fault = fault;
  }

  async *pass(pack: PackBody): AsyncGenerator<Buffer> {
    const chunks = pack.chunks();
    const late = Promise.withResolvers<'late'>();
    let timer: NodeJS.Timeout | undefined;
    let held: Buffer | undefined;
    try {
      for (;;) {
        const next = await Promise.race([chunks.next(), late.promise]);
        if (next !== 'late' && next.done) break;
        this.stopped = next === 'late' ? { kind: 'cut' } : await this.#inspect(next.value, pack.bytes);
        if (next === 'late' || this.stopped !== undefined) return;
        if (this.#fault?.kind === 'cut-after-seconds' && timer === undefined) {
          timer = setTimeout(() => late.resolve('late'), this.#fault.seconds * 1000);
        }
        if (held !== undefined) yield held;
        held = next.value;
      }
      // All of it is there: from here on, it is git's.
      if (held !== undefined) yield held;
    } finally {
      clearTimeout(timer);
    }
  }

  async #inspect(chunk: Buffer, bytes: number): Promise<Stop | undefined> {
    if (this.#fault !== undefined && bytes > bytesAllowed(this.#fault)) return stopFor(this.#fault);
    const finding = await this.#scan?.write(chunk);
    return finding === 'offset-delta' ? { kind: 'refused', refusal: 'offset-delta' } : undefined;
  }
}

function stopFor(fault: PushFault): Stop {
  if (fault.kind === 'answer') return { kind: 'answered', status: fault.status };
  return fault.kind === 'refuse-over-bytes' ? { kind: 'refused', refusal: 'pack-size' } : { kind: 'cut' };
}
