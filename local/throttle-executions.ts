import type { Throttle } from './codecommit/throttle.ts';
import type { LocalSystem, SystemEvents } from './system.ts';

/**
 * Throttles every Nth request to each region while an execution runs. Around that it does not: stock git, with which people
 * push, gives up on the first 429, and then there would be nothing to show.
 */
export function throttleExecutions(
  events: SystemEvents,
  every: number,
  system: () => LocalSystem | undefined,
): SystemEvents {
  const running = new Set<string>();
  const throttles = new Map<string, Throttle>();
  const apply = () => {
    for (const region of system()?.regions.values() ?? []) {
      // Each region goes on counting where it was when the last execution ended.
      const throttle = throttles.get(region.name) ?? { every };
      throttles.set(region.name, throttle);
      region.throttle = running.size > 0 ? throttle : undefined;
    }
  };
  return {
    ...events,
    onState: (execution, state) => {
      running.add(execution.arn);
      apply();
      events.onState?.(execution, state);
    },
    onEnd: (execution) => {
      running.delete(execution.arn);
      apply();
      events.onEnd?.(execution);
    },
  };
}
