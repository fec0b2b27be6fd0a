import { availableParallelism } from 'node:os';
import { type LocalReplica, login, sourceUrl } from '../demonstration.ts';
import { pushSeed, type Seed, withSeed } from '../seed.ts';
import type { LocalSystem } from '../system.ts';

/** Each push sets a task off, which is a process of its own: a machine has no use for more at once. */
const AT_ONCE = 2 * availableParallelism();

/**
 * Pushes `from` into every source and waits until all that this sets off has ended. Each source gets a push of its own with stock
 * git: what is written past the server would fire no trigger.
 */
export function replicateFrom(
  system: LocalSystem,
  replicas: readonly LocalReplica[],
  from: string,
  signal?: AbortSignal,
): Promise<Seed> {
  return withSeed(
    from,
    async (seed) => {
      for (let at = 0; at < replicas.length; at += AT_ONCE) {
        signal?.throwIfAborted();
        const pushes = replicas.slice(at, at + AT_ONCE).map((replica) => push(system, replica, seed, signal));
        // All of them end before the first failure counts: none is left behind.
        await Promise.allSettled(pushes);
        await Promise.all(pushes);
        await system.idle();
      }
      return seed;
    },
    signal,
  );
}

async function push(
  system: LocalSystem,
  replica: LocalReplica,
  seed: Seed,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pushed = await pushSeed(seed, login(sourceUrl(system, replica)), signal);
  // A source that had it all already fires no trigger: look as the sweep would.
  if (!pushed) await system.startExecution({ replica: replica.id });
}
