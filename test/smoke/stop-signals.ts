import type { Say } from './run.ts';

/** npm passes a Ctrl-C on that the terminal has sent to all: what comes so soon after the first is no second one. */
const SAME_MS = 2000;

/**
 * The first signal ends the checks, and what was made is removed; a second one ends at once, with what to type instead.
 *
 * @param commands what removes by hand what may be left
 */
export function onStopSignals(stop: AbortController, commands: readonly string[], say: Say): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        say(`${signal}: removing what was made; once more ends at once`);
        stop.abort(new Error(`stopped by ${signal}`));
      } else if (Date.now() - first > SAME_MS) {
        say(`ended at once; remove by hand what may be left:\n${commands.join('\n')}`);
        process.exit(2);
      }
    });
  }
}
