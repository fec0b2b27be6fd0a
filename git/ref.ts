/**
 * A ref name as git has it: bytes, not text. Held as a string with one character (0–255, "latin1") a byte, so that
 * `===`, `<` and Map keys compare bytes, and nothing is lost for names that are not UTF-8.
 */
export type RefName = string & { readonly __ref: unique symbol };

/** The bytes of a name that a person or a JSON document wrote as text. */
export const refFromText = (text: string): RefName => Buffer.from(text, 'utf8').toString('latin1') as RefName;

export const refBytes = (name: RefName): Buffer => Buffer.from(name, 'latin1');

export const compareRefs = (a: RefName, b: RefName): number => (a < b ? -1 : a > b ? 1 : 0);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// Control and format characters, line and paragraph separators: a name must not be able to forge, reorder or hide text. Half
// a surrogate pair is no text at all: JSON may carry one, and what is made of it in UTF-8 differs from place to place.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The name for people and JSON: UTF-8 where it is that, with control, bidirectional and invisible characters as `\u{..}`,
 * else with every byte above 126 as `\xNN`. A backslash is not legal in a ref name, so the two never meet.
 */
export function displayRef(name: RefName): string {
  try {
    return escapeUnsafe(utf8.decode(refBytes(name)));
  } catch {
    return name.replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  }
}

/** Text of a stranger (a server, an event) made harmless for one line of output. */
export function printable(text: string, maxLength = 200): string {
  const safe = escapeUnsafe(text.slice(0, maxLength + 1));
  if (safe.length <= maxLength) return safe;
  return `${safe.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…`;
}

const escapeUnsafe = (text: string): string => text.replace(UNSAFE, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);

/**
 * What no name may have anywhere: forbidden bytes, `..`, `@{`, a dot at its end; a component that is empty, begins with a dot or ends with
 * `.lock`. One pattern, because it is asked of every ref of every reading.
 */
const FORBIDDEN = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\.$|(?:^|\/)(?:\.|\/|$)|\.lock(?:\/|$)/;

/** The rules of `git check-ref-format NAME` (at least two components, no `--allow-onelevel`). */
export const isValidRefName = (name: string): boolean => name.includes('/') && !FORBIDDEN.test(name);
