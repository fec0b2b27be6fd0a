import { withoutLogin } from '../../git/url.ts';
import { type CommandName, isCommand, parse, refuseOthers, usage, type Values } from './options.ts';
import { type PairArguments, parsePair } from './pair.ts';
import { parseStart, type StartArguments } from './start.ts';
import { parseStatus, type StatusArguments } from './status.ts';

interface Answer {
  json: boolean;
}

export type Command =
  | { name: 'help' }
  | ({ name: 'replicate' | 'check' } & PairArguments & Answer)
  | ({ name: 'status' } & StatusArguments & Answer)
  | ({ name: 'start' } & StartArguments & Answer);

/** Which command was called, and how it is to answer, as far as that can be told where the arguments are wrong. */
export function calledAs(argv: readonly string[]): { name: CommandName | undefined; json: boolean } {
  const { positionals } = parse(argv, false);
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  // Not from the values: an option before it that lacks its value takes it for that.
  const json = options.some((one) => one === '--json' || one.startsWith('--json='));
  // Not the very first word: the value of an option that is not known may stand before it.
  return { name: positionals.find(isCommand), json };
}

/** @throws ReplicationError `input`, with a message that shows no password. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parseStrictly(argv);
  const [name, ...words] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  if (name === undefined) throw usage('no command given');
  if (!isCommand(name)) throw usage(`"${withoutLogin(name)}" is not a command`);
  refuseOthers(name, values);
  return parseFor(name, words, values);
}

function parseFor(name: CommandName, words: readonly string[], values: Values): Command {
  const { json = false } = values;
  switch (name) {
    case 'status':
      return { name, json, ...parseStatus(words, values) };
    case 'start':
      return { name, json, ...parseStart(words, values) };
    default:
      return { name, json, ...parsePair(name, words, values) };
  }
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parse(argv, true);
  } catch (error) {
    const { message } = error as Error;
    throw usage(message.includes('@') ? 'an option is not known, or has a value that it does not take' : message);
  }
}
