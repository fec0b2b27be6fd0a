import { isDeepStrictEqual } from 'node:util';
import { GitError } from '../../git/errors.ts';
import { asReplicationError, ERROR_TABLE, ReplicationError } from '../../replication/errors.ts';
import { Finding } from './target.ts';

/** Stands where a secret may stand; no error may show it, nor its beginning. */
export const CANARY = 'cAnArY7';

/** What makes a line of a log another line, or text that reads otherwise than it is. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
export const MESSAGE_CHARS_MAX = 2000;

/** What a parser answered. */
export type Answer = { value: unknown } | { error: unknown };

export async function answerOf(parse: () => unknown): Promise<Answer> {
  try {
    return { value: await parse() };
  } catch (error) {
    return { error };
  }
}

export function answerNow(parse: () => unknown): Answer {
  try {
    return { value: parse() };
  } catch (error) {
    return { error };
  }
}

/**
 * The kind of an error, which must be one of `codes` that the parser documents, and say something that a person can be shown.
 *
 * @throws Finding
 */
export function judgeError(error: unknown, codes: readonly string[], charsMax = MESSAGE_CHARS_MAX): string {
  if (!(error instanceof GitError || error instanceof ReplicationError)) {
    const stack = error instanceof Error ? error.stack : String(error);
    throw new Finding('only errors of the table are thrown', `${stack}`, { cause: error });
  }
  if (!isInTable(error)) throw new Finding('an error is in the table', error.code);
  if (!codes.includes(error.code))
    throw new Finding('an error is one that the parser documents', `${error.code}: ${error.message}`);
  judgeText(error.message, charsMax);
  return `${error.code}: ${shapeOf(error.message)}`;
}

const inTable = new Map<string, boolean>();

function isInTable(error: GitError | ReplicationError): boolean {
  const known = inTable.get(error.code);
  if (known !== undefined) return known;
  const { code } = asReplicationError(error);
  const is = code in ERROR_TABLE && code !== 'internal';
  inTable.set(error.code, is);
  return is;
}

/** @throws Finding */
export function judgeText(text: string, charsMax = MESSAGE_CHARS_MAX): void {
  if (text.length > charsMax)
    throw new Finding('a message is short', `${text.length} characters: ${text.slice(0, 300)}`);
  const unsafe = UNSAFE.exec(text);
  if (unsafe !== null) throw new Finding('a message has no character that controls', JSON.stringify(text));
}

/** @throws Finding */
export function judgeSecret(shown: string): void {
  if (shown.includes(CANARY)) throw new Finding('no message shows a secret', JSON.stringify(shown));
}

/** @throws Finding */
export function judgeEqual(claim: string, one: unknown, other: unknown): void {
  if (isDeepStrictEqual(one, other)) return;
  throw new Finding(claim, `${inShort(one)} and ${inShort(other)}`);
}

/** @throws Finding */
export function judge(claim: string, isTrue: boolean, shown: unknown): void {
  if (!isTrue) throw new Finding(claim, inShort(shown));
}

const inShort = (value: unknown): string => (JSON.stringify(plain(value)) ?? 'undefined').slice(0, 600);

const plain = (value: unknown): unknown => {
  if (value instanceof Error) return String(value);
  if (value instanceof Map || value instanceof Set) return [...value];
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plain(of)]));
  return value;
};

/** The words of a message without what was found: inputs that make a parser say something new are worth keeping. */
const shapeOf = (message: string): string =>
  message
    .replace(/^(?:the replica|replication\.json): /, '')
    .replace(/".*/s, '')
    .replace(/: .*$/s, '')
    .replace(/ (?:is|of|got) .*$/s, '')
    .replace(/\d+/g, '0')
    .slice(0, 60);
