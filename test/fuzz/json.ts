import type { Random } from './random.ts';

type Holder = { at: Record<string, unknown>; key: string };

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ud800',
  '😀'.repeat(120),
  'x'.repeat(3000),
  [],
  [[]],
  {},
  '__proto__',
  { toString: 0, valueOf: 0 },
  { length: { toString: 0, valueOf: 0 } },
  { length: 5 },
];
const NAMES = ['__proto__', 'constructor', 'toString', '', 'a\nb', '\u001b', 'x'.repeat(500), '0', 'length', '\udfff'];
/** Deeper than a recursive function gets. */
const DEEP = 20_000;

/** A document with one part changed: another value, name, number or order. Not JSON stays as it is. */
export function reshapeJson(bytes: Buffer, random: Random, words: readonly string[]): Buffer {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return bytes;
  }
  const top = { at: { document: value }, key: 'document' };
  for (let left = 1 + random.below(3); left > 0; left--) change(random.pick(holders(top)), random, words);
  const text = textOf(top.at.document);
  if (!random.oneIn(400)) return Buffer.from(text);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ]) as [string, string];
  return Buffer.from(text.replace(/"[^"\\]*"(?=[,}\]])/, () => `${open.repeat(DEEP)}0${close.repeat(DEEP)}`));
}

/** A document that is too deep to be written again stays what it was. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'null';
  }
}

function holders(top: Holder): Holder[] {
  const found = [top];
  for (let index = 0; index < found.length && found.length < 300; index++) {
    const { at, key } = found[index] as Holder;
    const inner = at[key];
    if (typeof inner !== 'object' || inner === null) continue;
    for (const name of Object.keys(inner)) found.push({ at: inner as Record<string, unknown>, key: name });
  }
  return found;
}

function change({ at, key }: Holder, random: Random, words: readonly string[]): void {
  const old = at[key];
  const put = (name: string, value: unknown) =>
    Object.defineProperty(at, name, { value, enumerable: true, configurable: true, writable: true });
  switch (random.below(9)) {
    case 0:
      if (key !== 'document') delete at[key];
      return;
    case 1:
      if (Array.isArray(at)) at.splice(random.below(at.length + 1), 0, old);
      else put(random.pick(NAMES), old);
      return;
    case 2:
      put(random.oneIn(2) ? random.pick(words) : key, random.pick(VALUES));
      return;
    case 3:
      put(key, random.pick(words));
      return;
    case 4:
      put(key, typeof old === 'string' ? textChanged(old, random) : [old]);
      return;
    case 5:
      put(key, typeof old === 'number' ? old + random.pick([-1, 1, 0.5, 1e6]) : { [random.pick(words)]: old });
      return;
    case 6:
      if (typeof old === 'object' && old !== null) Object.assign(old, { [random.pick(words)]: random.pick(VALUES) });
      else put(key, random.pick(VALUES));
      return;
    case 7:
      if (Array.isArray(old) && old.length > 0) put(key, [...old, ...old].slice(random.below(old.length)));
      else put(key, random.pick(words));
      return;
    default:
      put(key, random.pick(VALUES));
  }
}

function textChanged(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const piece = random.pick([
    '',
    '.',
    '/',
    '..',
    '*',
    '@',
    ':',
    '?',
    '#',
    '%2e',
    '\n',
    '\u0000',
    ' ',
    'x',
    '\u200b',
    '.git',
    '\ud83d',
    '=',
    '"',
    '\\',
  ]);
  return random.oneIn(3) ? text.slice(0, at) : text.slice(0, at) + piece + text.slice(at + random.below(2));
}
