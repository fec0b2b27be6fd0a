import type * as z from 'zod/mini';
import { printable } from '../git/ref.ts';
import { withoutLogin } from '../git/url.ts';
import { ReplicationError } from './errors.ts';

/**
 * Reads a JSON document that a person wrote. All that is wrong is said at once, each with its path, the value and what is allowed; a login
 * in a URL is never shown, nor an external id.
 *
 * @throws ReplicationError `input`
 */
export function parseDocument<T extends z.ZodMiniType>(json: string, schema: T, what: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ReplicationError('input', `${what} is not JSON: ${jsonProblem(error)}`);
  }
  const result = checked(schema, value, what);
  if (result.success) return result.data;
  throw new ReplicationError('input', `${what}: ${problemsOf(result.error.issues, value).join('; ')}`);
}

function checked<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  what: string,
): z.core.util.SafeParseResult<z.infer<T>> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    // zod compares the length of whatever has a "length", also of an object that no number can be made of: {"length":{"toString":0}}.
    const problem = 'has an object with a field "length" where a text or a list is expected';
    throw new ReplicationError('input', `${what} ${problem}`, { cause: error });
  }
}

/** What the engine says of a text that is no JSON, without what it quotes of the text: a login or an external id may be in that. */
export function jsonProblem(error: unknown): string {
  const [said = ''] = (error as Error).message.split(/, (?:\.\.\.)?"/);
  return printable(said);
}

/** The longest path that a document can have is far shorter, but for names that a person chooses. */
const PATH_CHARS_MAX = 200;
/** What is allowed may repeat what a person wrote, too. */
const EXPECTED_CHARS_MAX = 400;

function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown, below: readonly PropertyKey[] = []): string[] {
  return issues.flatMap((issue) => {
    const found = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    );
    const path = [...below, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return problemsOf(meant(issue.errors), found, path);
    const shown = shownText(found, path.at(-1));
    return [`${printable(path.map(shownName).join('.'), PATH_CHARS_MAX) || 'the document'} ${problemOf(issue, shown)}`];
  });
}

/**
 * A value as a person may see it. A login may stand anywhere: a URL in the wrong place has one too. What only the two sides of a trust need to know
 * is not shown; and of what is made of parts, since any of these may be in it, only what kind of thing it is.
 */
function shownText(value: unknown, name: PropertyKey | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (name === 'externalId') return 'not shown here';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return JSON.stringify(value);
  const text = JSON.stringify(value).slice(0, -1);
  if (isAmbiguous(text)) return '"…"';
  return name === 'url' ? `${withoutQuery(withoutLogin(text))}"` : `"${withoutQuery(withoutNamed(text.slice(1)))}"`;
}

/** A name as a person may see it: one may have been a URL that was meant for a value. */
export function shownName(name: PropertyKey): string {
  const text = String(name);
  return isAmbiguous(text) ? '…' : withoutQuery(withoutNamed(text));
}

/** A URL with an "@" after its "?": of a password with a question mark, or of a token with an "@", some would be left on either side. */
const isAmbiguous = (text: string): boolean =>
  text.includes('://') && text.includes('?') && text.indexOf('?') < text.lastIndexOf('@');

/** Without `NAME:PASSWORD@`, in a URL or alone. Searched, not matched: a value may be long, and a pattern would try every place in it. */
function withoutNamed(text: string): string {
  const [colon, at] = [text.indexOf(':'), text.lastIndexOf('@')];
  return colon >= 0 && colon < at ? `…${text.slice(at)}` : text;
}

/** Some hosts take a token after the question mark of a URL. */
function withoutQuery(text: string): string {
  const query = text.indexOf('?');
  const isUrl = text.includes('://') || text.includes('…@');
  return isUrl && query >= 0 ? `${text.slice(0, query)}?…` : text;
}

const KINDS: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false, without quotes',
};

/** What was found and what is allowed: zod's own words need a language pack, and do not name the value. */
function problemOf(issue: z.core.$ZodIssue, found: string | undefined): string {
  const is = found === undefined ? 'is missing' : `is ${printable(found, 80)}`;
  if (issue.code === 'unrecognized_keys')
    return `has unknown fields: "${printable(issue.keys.map(shownName).join('", "'), 80)}"`;
  if (issue.code === 'invalid_value')
    return `${is}: expected one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'invalid_type') return `${is}: expected ${KINDS[issue.expected] ?? `of type ${issue.expected}`}`;
  return `${is}: ${printable(issue.message, EXPECTED_CHARS_MAX)}`;
}

/** Of the forms that a value may have, the one whose words it uses. */
function meant(alternatives: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] {
  const foreign = (issues: readonly z.core.$ZodIssue[]) =>
    issues.reduce((sum, issue) => {
      if (issue.path.length > 0) return sum;
      return sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 100);
    }, 0);
  return alternatives.toSorted((a, b) => foreign(a) - foreign(b))[0] ?? [];
}
