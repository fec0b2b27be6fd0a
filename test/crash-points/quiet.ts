import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** What a client connected to before it went is accepted in the next turn of the loop at the latest; then nothing is under way. */
const IDLE_TURNS = 4;

/**
 * Knows what the look-alike's servers, which are in this process, still do for a client: its connections, their git processes, and
 * what is asked of the file system. A repository can be judged only when all of that has ended.
 */
export class Servers {
  readonly #busy = new Set<EventEmitter>();
  readonly #groups = new Set<number>();
  readonly #restore: (() => void)[] = [];

  constructor() {
    this.#listen('net.server.socket', (message) => this.#untilClosed((message as { socket: Socket }).socket));
    this.#listen('child_process', (message) => {
      const child = (message as { process: ChildProcess }).process;
      child.once('spawn', () => {
        if (child.spawnfile !== 'git' || child.pid === undefined) return;
        if (child.spawnargs[1] === 'http-backend') this.#groups.add(child.pid);
        this.#untilClosed(child);
      });
    });
  }

  /** From here on it is about the next client. */
  begin(): void {
    this.#busy.clear();
    this.#groups.clear();
  }

  /** Waits until nothing is left of a client that is gone. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < IDLE_TURNS; idle++) {
      await turn();
      if (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) idle = 0;
      for (const one of this.#busy) {
        await new Promise((resolve) => one.once('close', resolve));
        idle = 0;
      }
    }
    for (const group of this.#groups) while (await isAlive(group)) await turn();
  }

  stop(): void {
    for (const restore of this.#restore) restore();
  }

  #listen(channel: string, listener: (message: unknown) => void): void {
    subscribe(channel, listener);
    this.#restore.push(() => unsubscribe(channel, listener));
  }

  #untilClosed(emitter: EventEmitter): void {
    this.#busy.add(emitter);
    emitter.once('close', () => this.#busy.delete(emitter));
  }
}

/** Whether a process of the group still runs; one that has ended may wait for its parent for as long as it likes. */
async function isAlive(group: number): Promise<boolean> {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(itsGroup) === group && state !== 'Z' && state !== 'X') return true;
  }
  return false;
}
