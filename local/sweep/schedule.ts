/** Starts something at once and then again and again, as EventBridge Scheduler does: what still runs stops no later one. */
export class Schedule {
  readonly #timer: NodeJS.Timeout;

  constructor(everyMs: number, start: () => void) {
    this.#timer = setInterval(start, everyMs);
    start();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
