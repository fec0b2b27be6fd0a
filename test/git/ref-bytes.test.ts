import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  compareRefs,
  displayRef,
  isValidRefName,
  printable,
  type RefName,
  refBytes,
  refFromText,
} from '../../git/ref.ts';
import { randomNumbers, seed } from '../support/seed.ts';
import { collect } from '../support/stream.ts';

/** The lines of `names` (one character a byte) that git itself calls good. */
async function askGit(names: readonly string[]): Promise<Set<string>> {
  const script = 'while IFS= read -r name; do git check-ref-format "$name" && printf "%s\\n" "$name"; done; true';
  const child = spawn('sh', ['-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  const output = collect(child.stdout);
  child.stdin.end(names.map((name) => `${name}\n`).join(''), 'latin1');
  await once(child, 'close');
  return new Set((await output).toString('latin1').split('\n').slice(0, -1));
}

it('agrees with git check-ref-format about every byte in every place of a name', async () => {
  const random = randomNumbers(seed);
  const shapes = ['refs/heads/%', 'refs/heads/%a', 'refs/heads/a%', 'refs/heads/a%b', 'refs/%/b', '%/a'];
  // No newline, which ends a line of the question, no dash at the start, which git takes for an option, and no NUL.
  const bytes = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).filter(
    (byte) => byte !== '\n',
  );
  const everyByte = bytes.map((byte, index) => (shapes[index % 5] as string).replace('%', () => byte));
  const pieces = ['.', '..', '.lock', '.lock/', '@', '@{', '{', '/', '//', '/.', './', '-', '*', '\\', '\x80', '\xff'];
  const pick = () => (random(3) === 0 ? bytes[random(bytes.length)] : pieces[random(pieces.length)]) as string;
  const nasty = Array.from({ length: 1500 }, () => {
    const name = (shapes[random(shapes.length)] as string).replace('%', () =>
      Array.from({ length: 1 + random(4) }, pick).join(''),
    );
    return name.startsWith('-') ? `a${name}` : name;
  });
  const names = [...new Set([...everyByte, ...nasty])];

  const good = await askGit(names);

  const differing = names.filter((name) => isValidRefName(name) !== good.has(name));
  expect({ seed, differing }).toEqual({ seed, differing: [] });
  expect(good.size).toBeGreaterThan(100);
});

it.each(['a\0b', 'refs/heads/a\nb', 'refs/heads/a\0'])(
  'refuses a name with a byte that ends a line or a word: %j',
  (name) => {
    expect(isValidRefName(name)).toBe(false);
  },
);

it('holds a name’s bytes, whatever they are', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

  expect(refBytes(bytes.toString('latin1') as RefName)).toEqual(bytes);
  expect(refBytes(refFromText('refs/heads/日'))).toEqual(Buffer.from('refs/heads/日'));
});

it('orders names by their bytes, as git does, and not by their letters', () => {
  const names = ['refs/heads/日', 'refs/heads/\uffff', 'refs/heads/😀', 'refs/heads/Z', 'refs/heads/a'].map(
    refFromText,
  );

  const sorted = [...names].sort(compareRefs);

  expect(sorted).toEqual([...names].sort((a, b) => Buffer.compare(refBytes(a), refBytes(b))));
});

it.each([
  ['an overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
  ['half a character', [0xe6, 0x97], '\\xe6\\x97'],
  ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
  ['a control byte beside one that is no UTF-8', [0x1b, 0xff], '\\x1b\\xff'],
])('shows the bytes of a name with %s', (_what, bytes, shown) => {
  const name = `refs/heads/${Buffer.from(bytes).toString('latin1')}` as RefName;

  expect(displayRef(name)).toBe(`refs/heads/${shown}`);
});

it('shows a mark of the byte order at the start, so that no two names look the same', () => {
  expect(displayRef(refFromText('\ufeffrefs/heads/a'))).toBe('\\u{feff}refs/heads/a');
});

/** All characters of a Unicode property. */
const charactersOf = (property: RegExp): string[] =>
  Array.from({ length: 0x110000 }, (_, codePoint) => codePoint)
    .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
    .map((codePoint) => String.fromCodePoint(codePoint))
    .filter((character) => property.test(character));

it.each([
  ['controls a terminal', /\p{Cc}/u],
  ['reorders text', /\p{Bidi_Control}/u],
  ['breaks a line', /[\p{Zl}\p{Zp}]/u],
  ['formats text unseen', /\p{Cf}/u],
])('shows the number of every character that %s', (_what, property) => {
  const passed = charactersOf(property).filter((character) => printable(character).includes(character));

  expect(passed.map((character) => `U+${character.codePointAt(0)?.toString(16)}`)).toEqual([]);
});
