import { log } from '../log.ts';
import { countMetrics } from '../metrics.ts';
import type { StartedRuns } from './start.ts';

/** One line for people and one for CloudWatch's metrics, whatever the event was. */
export function report({ started, duplicates, failed, ignored }: StartedRuns): void {
  const level = failed.length > 0 ? 'error' : ignored.records > 0 ? 'warn' : 'info';
  log(level, 'push', {
    started,
    duplicates,
    ...(failed.length > 0 && { failed: failed.map(({ replica }) => replica) }),
    ...(ignored.records > 0 && { ignored: ignored.records, reasons: ignored.reasons }),
  });
  countMetrics({ ExecutionsStarted: started.length, PushesIgnored: ignored.records });
}

/** Lambda shows and keeps an error's text; this many replicas are as good as all. */
const NAMED_MAX = 10;

/** Makes Lambda deliver the event again, and at last to the dead-letter queue. What was started is then a duplicate. */
export function throwIfFailed({ started, duplicates, failed }: StartedRuns): void {
  if (failed.length === 0) return;
  const all = started.length + duplicates.length + failed.length;
  const named = failed.slice(0, NAMED_MAX).map(({ replica, reason }) => `"${replica}" (${reason})`);
  const more = failed.length > NAMED_MAX ? [`${failed.length - NAMED_MAX} more`] : [];
  const error = new Error(`${failed.length} of ${all} replicas not started: ${[...named, ...more].join(', ')}`);
  error.name = 'Ccrepl.NotStarted';
  throw error;
}
