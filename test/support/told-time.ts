/** One timer: what it does, after how long, and when that is. */
interface Timer {
  work: () => void;
  ms: number;
  at: number;
}

/** Timers of the code under test that run when the test says so, whatever the machine's clock does meanwhile. */
export class ToldTime {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #timers = new Set<Timer>();
  #now = 0;

  /** From here to {@link end}, `setTimeout` is this one's. */
  begin(): void {
    const set = (work: () => void, ms: number) => {
      const timer = { work, ms, at: this.#now + ms, refresh: () => this.#refresh(timer) };
      this.#timers.add(timer);
      return timer;
    };
    // What was begun before is the machine's.
    const clear = (timer: Timer) => this.#timers.delete(timer) || this.#real.clearTimeout(timer as never);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  end(): void {
    Object.assign(globalThis, this.#real);
  }

  /** How many there are that nobody has ended. */
  get running(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
      timer.work();
    }
  }

  #refresh(timer: Timer): void {
    timer.at = this.#now + timer.ms;
    this.#timers.add(timer);
  }
}

/** More turns of the event loop than a connection that breaks needs until everybody has heard of it. */
export async function turns(): Promise<void> {
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
}
