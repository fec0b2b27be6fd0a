import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What a person asked of the local mode. */
export interface LocalOptions {
  from: string;
  once: boolean;
  json: boolean;
  drift: boolean;
  /** Absent: a temporary folder that is removed at the end. */
  data: string | undefined;
  port: number;
}

export const USAGE = `Usage: npm start -- [options]

Brings up two CodeCommit look-alike regions on this machine, pushes a repository into one,
and shows how it is replicated to the other and verified.

  --from PATH|URL  the git repository to push (default: this one)
  --once           end after the first replication; exit 0 only if it was verified
  --json           with --once: print one JSON document, and nothing else, on stdout
  --drift          afterwards, somebody pushes straight to the destination: shows the alert
  --data DIR       keep the repositories as DIR/REGION/REPOSITORY.git, and use them again
  --port N         the first of three ports on 127.0.0.1 (default 4700; 0 takes free ones)
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
      data: { type: 'string' },
      port: { type: 'string', default: '4700' },
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
  const { once, json, drift } = values;
  const data = values.data === undefined ? undefined : resolve(values.data);
  return { from: values.from ?? home, once, json, drift, data, port };
}
