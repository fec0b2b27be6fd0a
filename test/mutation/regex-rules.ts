/** A regular expression's parts, so far as the rules look at them: a class, an escape, a quantifier, or a character. */
const PART = /\[(?:\\.|[^\]\\])*\]|\\.|\{\d+(?:,\d*)?\}|[\s\S]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\d': '\\D',
  '\\D': '\\d',
  '\\s': '\\S',
  '\\S': '\\s',
  '\\w': '\\W',
  '\\W': '\\w',
};

/** What somebody could have written instead of the regular expression `literal`; each is one that can be. */
export function regexChanges(literal: string): string[] {
  const end = literal.lastIndexOf('/');
  const pattern = literal.slice(1, end);
  const flags = literal.slice(end + 1);
  const parts: readonly string[] = pattern.match(PART) ?? [];
  const changed = parts.flatMap((part, at) =>
    otherParts(part, parts[at - 1]).map((other) => parts.with(at, other).join('')),
  );
  return [
    ...changed.map((text) => `/${text}/${flags}`),
    ...[...flags].filter((flag) => flag === 'i').map((flag) => `/${pattern}/${flags.replace(flag, '')}`),
  ].filter(isRegex);
}

function otherParts(part: string, before: string | undefined): string[] {
  if (part === '^' || part === '$') return [''];
  if (part === '+') return ['*', ''];
  if (part === '*') return ['+', ''];
  // `??`, `(?:` and the like are another matter.
  if (part === '?' && before !== undefined && !['(', '*', '+', '?'].includes(before)) return [''];
  if (part.startsWith('[^')) return [`[${part.slice(2)}`];
  if (part.startsWith('[')) return [`[^${part.slice(1)}`];
  const range = /^\{(\d+)(,?)(\d*)\}$/.exec(part);
  if (range !== null) return otherRanges(Number(range[1]), range[2] ?? '', range[3] ?? '');
  const other = ESCAPES[part];
  return other === undefined ? [] : [other];
}

function otherRanges(least: number, comma: string, most: string): string[] {
  const less = least > 0 ? [`{${least - 1}${comma}${most}}`] : [];
  if (most === '') return [...less, `{${least + 1}${comma}}`];
  const ends = [Number(most) - 1, Number(most) + 1].map((other) => `{${least},${other}}`);
  return [...less, `{${least + 1},${most}}`, ...ends];
}

function isRegex(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  try {
    new RegExp(literal.slice(1, end), literal.slice(end + 1));
    return end > 1;
  } catch {
    return false;
  }
}
