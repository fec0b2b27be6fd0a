import type { Random } from './random.ts';

const PIECES = [
  'a',
  'B',
  'refs',
  'heads',
  'main',
  '.',
  '..',
  '.lock',
  'lock',
  '.LOCK',
  '@',
  '@{',
  '{',
  '}',
  '-',
  '--',
  '/',
  '//',
  '/.',
  './',
  '.lock/',
  '~',
  '^',
  '^{}',
  ':',
  '?',
  '*',
  '[',
  ']',
  '\\',
  ' ',
  '\t',
  '\n',
  '\r',
  '\x01',
  '\x1f',
  '\x7f',
  '\x80',
  '\xff',
  '$',
  "'",
  '"',
  '`',
  // 日, 😀, and what is no UTF-8: an overlong slash and dot, half a character, a surrogate
  '\xe6\x97\xa5',
  '\xf0\x9f\x98\x80',
  '\xc0\xaf',
  '\xc0\xae',
  '\xe6\x97',
  '\xed\xa0\x80',
];
const STARTS = [
  '',
  '',
  'refs/heads/',
  'refs/heads/',
  'refs/heads/',
  'refs/tags/',
  'refs/',
  'heads/',
  '/',
  '-',
  'refs//',
];
/** A component of a file name has 255 bytes in most file systems, a path 4,096: to the rule both are nothing special. */
const LENGTHS = [100, 254, 255, 256, 1000, 4095, 4096];

/** A name of one character a byte, never a NUL: no program can be given one. */
export function refName(random: Random): string {
  let name = random.pick(STARTS);
  for (let left = random.below(7); left > 0; left--) {
    name += random.oneIn(3) ? String.fromCharCode(1 + random.below(255)) : random.pick(PIECES);
  }
  if (random.oneIn(200))
    name += random.pick(['a', 'a/', 'é', '.a']).repeat(random.pick(LENGTHS)).slice(0, random.pick(LENGTHS));
  if (random.oneIn(3)) name += random.pick(['', 'a', 'b/c', '.lock', '/', '.', '@']);
  return name;
}

/** So many names, all different. */
export function refNames(count: number, random: Random, known = new Set<string>()): string[] {
  const names: string[] = [];
  while (names.length < count) {
    const name = refName(random);
    if (known.has(name)) continue;
    known.add(name);
    names.push(name);
  }
  return names;
}
