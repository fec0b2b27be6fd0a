import { parseArgs } from 'node:util';
import { withoutLogin } from '../git/url.ts';
import { ReplicationError } from '../replication/errors.ts';
import { FINGERPRINT } from '../replication/mass-change.ts';
import type { Policy } from '../replication/policy.ts';
import { parsePolicy } from '../replication/settings.ts';

export const USAGE = `Usage: ccrepl COMMAND [options]

  ccrepl replicate SOURCE DESTINATION [--dry-run] [--confirm FINGERPRINT] [policy] [--json]
      Make the branches and tags of DESTINATION those of SOURCE. Streams exactly the missing
      objects, then reads DESTINATION again. --dry-run prints the plan and writes nothing.
      Exit code: 0 all is as at the source; others as in docs/errors.md.

  ccrepl check SOURCE DESTINATION [policy] [--json]
      Compare, and write nothing. Exit code: 0 in sync, 1 drift, 2 error.

SOURCE and DESTINATION are
  https://[USER:PASSWORD@]HOST/PATH    any git repository over smart HTTP
  codecommit::REGION://NAME            AWS CodeCommit, with the default AWS credentials

Policy (docs/guards.md)
  --refs PATTERN            refs to replicate: a name, or a prefix that ends in "*"; may be
                            given more than once (default refs/heads/* and refs/tags/*)
  --deletes mirror|keep     a head that is gone at the source: delete it (default), or keep it
  --rewrites mirror|archive|refuse
                            a head that does not descend from what the destination has: follow
                            it (default), follow it and keep the old tip as a tag, or leave it
  --mass-change PERCENT:HEADS
                            deletions and rewrites that need --confirm: above this share of the
                            destination's heads, and at least so many (default 20:10)

  --confirm FINGERPRINT     carry out exactly the mass change that a refused run named
  --json                    one JSON document on stdout, also when the run fails
  --help                    this text`;

/** What both commands take. */
interface Pair {
  source: string;
  destination: string;
  policy: Policy;
  json: boolean;
}

export type Command =
  | { name: 'help' }
  | ({ name: 'replicate'; dryRun: boolean; confirm: string | undefined } & Pair)
  | ({ name: 'check' } & Pair);

/** Which command was called, and how it is to answer, as far as that can be told where the arguments are wrong. */
export function calledAs(argv: readonly string[]): { name: Command['name'] | undefined; json: boolean } {
  const { values, positionals } = parse(argv, false);
  // Not the very first word: the value of an option that is not known may stand before it.
  const name = positionals.find((word) => word === 'check' || word === 'replicate');
  return { name, json: values.json !== false };
}

/** @throws ReplicationError `input`, with a message that shows no password. */
export function parseCommand(argv: readonly string[]): Command {
  let parsed: ReturnType<typeof parse<true>>;
  try {
    parsed = parse(argv, true);
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
  const { json, confirm } = values;
  const policy = policyFrom(values);
  if (name === 'replicate') {
    if (confirm !== undefined && !FINGERPRINT.test(confirm)) {
      throw usage(
        `--confirm is "${withoutLogin(confirm)}": expected the 16 hexadecimal digits that the refused run named`,
      );
    }
    return { name, source, destination, policy, dryRun: values['dry-run'], confirm, json };
  }
  for (const option of ['dry-run', 'confirm'] as const) {
    if (values[option]) throw usage(`check writes nothing anyway: it has no --${option}`);
  }
  return { name, source, destination, policy, json };
}

function policyFrom(values: ReturnType<typeof parse<true>>['values']): Policy {
  const { refs, deletes, rewrites, 'mass-change': change } = values;
  const [, percent, heads] = /^(\d+):(\d+)$/.exec(change ?? '') ?? [];
  if (change !== undefined && percent === undefined) {
    throw usage(`--mass-change is "${withoutLogin(change)}": expected PERCENT:HEADS, such as 20:10`);
  }
  return parsePolicy({
    refs,
    deletes,
    rewrites,
    ...(percent !== undefined && { massChange: { percent: Number(percent), heads: Number(heads) } }),
  });
}

const parse = <Strict extends boolean>(argv: readonly string[], strict: Strict) =>
  parseArgs({
    args: argv as string[],
    allowPositionals: true,
    strict,
    options: {
      'dry-run': { type: 'boolean', default: false },
      refs: { type: 'string', multiple: true },
      deletes: { type: 'string' },
      rewrites: { type: 'string' },
      'mass-change': { type: 'string' },
      confirm: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });

const usage = (problem: string): ReplicationError => new ReplicationError('input', `${problem}; see ccrepl --help`);
