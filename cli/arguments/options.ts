import { parseArgs } from 'node:util';
import { withoutLogin } from '../../git/url.ts';
import { ReplicationError } from '../../replication/errors.ts';

export const COMMANDS = ['replicate', 'check', 'status', 'start'] as const;
export type CommandName = (typeof COMMANDS)[number];

const POLICY = ['refs', 'deletes', 'rewrites', 'mass-change'] as const;

/** What each command takes, besides --json and --help. */
const TAKES: Record<CommandName, readonly string[]> = {
  replicate: ['dry-run', 'confirm', ...POLICY],
  check: POLICY,
  status: ['max-age', 'table', 'region'],
  start: ['sweep', 'repository', 'confirm', 'force', 'wait', 'state-machine', 'region'],
};
const ALL_TAKE = ['json', 'help'];

/** @param strict throws at what is no option, or has a value that it does not take; without it nothing is wrong. */
export const parse = <Strict extends boolean>(argv: readonly string[], strict: Strict) =>
  parseArgs({
    args: argv as string[],
    allowPositionals: true,
    strict,
    options: {
      'dry-run': { type: 'boolean' },
      refs: { type: 'string', multiple: true },
      deletes: { type: 'string' },
      rewrites: { type: 'string' },
      'mass-change': { type: 'string' },
      confirm: { type: 'string' },
      'max-age': { type: 'string' },
      table: { type: 'string' },
      region: { type: 'string' },
      sweep: { type: 'boolean' },
      repository: { type: 'string' },
      force: { type: 'boolean' },
      wait: { type: 'boolean' },
      'state-machine': { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });

export type Values = ReturnType<typeof parse<true>>['values'];

export const isCommand = (word: string): word is CommandName => (COMMANDS as readonly string[]).includes(word);

/** @throws ReplicationError `input` for an option of another command. */
export function refuseOthers(name: CommandName, values: Values): void {
  for (const option of Object.keys(values)) {
    if (!TAKES[name].includes(option) && !ALL_TAKE.includes(option)) throw usage(`${name} has no --${option}`);
  }
}

/** The value of an option if it is of this form. @throws ReplicationError `input` */
export function matching(
  option: string,
  value: string | undefined,
  form: RegExp,
  expected: string,
): string | undefined {
  if (value === undefined || form.test(value)) return value;
  throw usage(`--${option} is "${withoutLogin(value)}": ${expected}`);
}

/** A message that shows no password: what it quotes went through `withoutLogin`. */
export const usage = (problem: string): ReplicationError =>
  new ReplicationError('input', `${problem}; see ccrepl --help`);
