import { parseArgs } from 'node:util';
import { withoutLogin } from '../git/url.ts';
import { ReplicationError } from '../replication/errors.ts';

export const USAGE = `Usage: ccrepl COMMAND [options]

  ccrepl replicate SOURCE DESTINATION [--dry-run] [--json]
      Make the branches and tags of DESTINATION those of SOURCE. Streams exactly the missing
      objects, then reads DESTINATION again. --dry-run prints the plan and writes nothing.
      Exit code: 0 all is as at the source; others as in docs/errors.md.

  ccrepl check SOURCE DESTINATION [--json]
      Compare, and write nothing. Exit code: 0 in sync, 1 drift, 2 error.

SOURCE and DESTINATION are
  https://[USER:PASSWORD@]HOST/PATH    any git repository over smart HTTP
  codecommit::REGION://NAME            AWS CodeCommit, with the default AWS credentials

  --json      one JSON document on stdout, also when the run fails
  --help      this text`;

export type Command =
  | { name: 'help' }
  | { name: 'replicate'; source: string; destination: string; dryRun: boolean; json: boolean }
  | { name: 'check'; source: string; destination: string; json: boolean };

/** @throws ReplicationError `input`, with a message that shows no password. */
export function parseCommand(argv: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    const { message } = error as Error;
    throw usage(message.includes('@') ? 'an option is not known, or has a value that it does not take' : message);
  }
  const { values, positionals } = parsed;
  const [name, source, destination, ...others] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  if (name !== 'replicate' && name !== 'check') {
    throw usage(name === undefined ? 'no command given' : `"${withoutLogin(name)}" is not a command`);
  }
  if (source === undefined || destination === undefined || others.length > 0) {
    throw usage(`${name} takes two repositories, SOURCE and DESTINATION; ${positionals.length - 1} were given`);
  }
  const { json } = values;
  if (name === 'replicate') return { name, source, destination, dryRun: values['dry-run'], json };
  if (values['dry-run']) throw usage('check writes nothing anyway: it has no --dry-run');
  return { name, source, destination, json };
}

const parse = (argv: readonly string[]) =>
  parseArgs({
    args: argv as string[],
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });

const usage = (problem: string): ReplicationError => new ReplicationError('input', `${problem}; see ccrepl --help`);
