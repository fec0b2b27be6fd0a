import { displayRef, isValidRefName, type RefName, refFromText } from '../git/ref.ts';

/** A state's data holds 256 KiB, a name of a ref as many bytes as a file system allows. */
const REF_LENGTH_MAX = 1000;

/** A name as it travels in JSON to people: text, harmless, and cut where it is too long. */
export function refToText(ref: RefName): string {
  const text = displayRef(ref);
  return text.length > REF_LENGTH_MAX ? `${text.slice(0, REF_LENGTH_MAX)}…` : text;
}

/**
 * The name that a text stands for; undefined if it was cut, or shows bytes as escapes. An escape has a backslash, which git
 * forbids in names, so that no name is taken for another.
 */
export function refOfText(text: string): RefName | undefined {
  if (text.length > REF_LENGTH_MAX && text.endsWith('…')) return undefined;
  const ref = refFromText(text);
  return ref.startsWith('refs/') && isValidRefName(ref) ? ref : undefined;
}
