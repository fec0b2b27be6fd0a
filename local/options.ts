import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PUSH_FAULTS, type PushFault, parsePushFault } from './codecommit/push-fault.ts';

/** What a person asked of the local mode. */
export interface LocalOptions {
  from: string;
  once: boolean;
  json: boolean;
  drift: boolean;
  /** Pairs of repositories. */
  replicas: number;
  /** Milliseconds from one sweep to the next; absent: none. */
  sweepMs: number | undefined;
  /** Pushes within a minute; absent: none. */
  storm: number | undefined;
  /** Absent: a temporary folder that is removed at the end. */
  data: string | undefined;
  port: number;
  /** What happens to pushes to the destination. */
  pushFault: PushFault | undefined;
  /** While an execution runs, every so manieth request to each region is throttled. */
  throttle: number | undefined;
}

export const REPLICAS_MAX = 200;
export const STORM_MAX = 5000;

export const USAGE = `Usage: npm start -- [options]

Brings up two CodeCommit look-alike regions on this machine, pushes a repository into one,
and shows how it is replicated to the other and verified.

  --from PATH|URL  the git repository to push (default: this one)
  --once           end after the first replication; exit 0 only if it was verified
  --json           with --once: print one JSON document, and nothing else, on stdout
  --drift          afterwards, somebody pushes straight to the destination: shows the alert
  --replicas N     so many pairs of repositories, up to ${REPLICAS_MAX} (default 1): shows them in a table
  --sweep INTERVAL has all replicas looked at again and again, such as every 30s, 5m or 1h; with --once, once
  --storm N        afterwards, pushes N times within a minute, up to ${STORM_MAX}, and reports what came of it
  --data DIR       keep the repositories as DIR/REGION/REPOSITORY.git, and use them again
  --port N         the first of three ports on 127.0.0.1 (default 4700; 0 takes free ones)
  --push-fault KIND:NUMBER
                   fails pushes to the destination whose pack has more than so many bytes, or takes so many
                   seconds, such as cut-after-bytes:1000000. The kinds:
                   ${PUSH_FAULTS.slice(0, 3).join(', ')},
                   ${PUSH_FAULTS.slice(3).join(', ')}
  --throttle N     while an execution runs, throttle every Nth request to each region, N from 2
  --help           this text`;

/** @throws Error with a message that says what to do. */
export function parseOptions(argv: readonly string[], home: string): LocalOptions | 'help' {
  const { values } = parseArgs({
    args: argv as string[],
    options: {
      from: { type: 'string' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      drift: { type: 'boolean', default: false },
      replicas: { type: 'string' },
      sweep: { type: 'string' },
      storm: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string', default: '4700' },
      'push-fault': { type: 'string' },
      throttle: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.json && !values.once) throw new Error('--json needs --once: without it there is no end to report');
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_000) {
    throw new Error(`--port is "${values.port}": expected a number from 0 to 65000`);
  }
  if (values.from === '' || values.data === '') throw new Error('--from and --data need a value');
  const pushFault = values['push-fault'] === undefined ? undefined : parseFault(values['push-fault']);
  const throttle = values.throttle === undefined ? undefined : Number(values.throttle);
  if (throttle !== undefined && !(Number.isSafeInteger(throttle) && throttle >= 2)) {
    throw new Error(
      `--throttle is "${values.throttle}": expected a whole number from 2, for every second request (with 1 none would pass)`,
    );
  }
  const replicas = parseCount('replicas', values.replicas, REPLICAS_MAX) ?? 1;
  const storm = parseCount('storm', values.storm, STORM_MAX);
  const sweepMs = values.sweep === undefined ? undefined : parseInterval(values.sweep);
  const { once, json, drift } = values;
  const data = values.data === undefined ? undefined : resolve(values.data);
  return { from: values.from ?? home, once, json, drift, replicas, sweepMs, storm, data, port, pushFault, throttle };
}

function parseCount(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw new Error(`--${name} is "${text}": expected a whole number from 1 to ${max}`);
}

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };
const INTERVAL_MS_MAX = 24 * 3_600_000;

function parseInterval(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNIT_MS[unit] ?? 0);
  if (ms > 0 && ms <= INTERVAL_MS_MAX) return ms;
  throw new Error(`--sweep is "${text}": expected an interval from 1s to 24h with its unit, such as 30s, 5m or 1h`);
}

function parseFault(text: string): PushFault {
  try {
    return parsePushFault(text);
  } catch (error) {
    throw new Error(`--push-fault: ${(error as Error).message}`, { cause: error });
  }
}
