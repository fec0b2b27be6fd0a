import {
  compareRefs,
  displayRef,
  isValidRefName,
  printable,
  type RefName,
  refBytes,
  refFromText,
} from '../../git/ref.ts';
import { askGit } from '../fuzz/ask-git.ts';
import { random } from '../fuzz/random.ts';
import { refNames } from '../fuzz/ref-name.ts';
import { seed } from '../support/seed.ts';

it('agrees with git check-ref-format about every byte in every place of a name, and about names of all shapes', async () => {
  const shapes = ['refs/heads/%', 'refs/heads/%a', 'refs/heads/a%', 'refs/heads/a%b', 'refs/%/b'];
  // No NUL, which no program can be given.
  const everyByte = Array.from({ length: 255 }, (_, index) =>
    (shapes[index % shapes.length] as string).replace('%', () => String.fromCharCode(index + 1)),
  );
  const names = [...everyByte, ...refNames(300, random(seed), new Set(everyByte))];

  const answers = await askGit(names);

  const differing = names.filter((name, index) => isValidRefName(name) !== answers[index]);
  expect({ seed, differing }).toEqual({ seed, differing: [] });
  expect(answers.filter(Boolean).length).toBeGreaterThan(100);
});

it.each([
  ['a name of one level', 'main', false],
  ['a name that is no ref’s', 'a/b', true],
  ['a name that begins with a dash, which git’s command would take for an option', '-a/b', true],
  ['a name longer than a path can be', `refs/heads/${'a'.repeat(10_000)}`, true],
  ['a name that is no UTF-8', 'refs/heads/\xff', true],
])('has git’s own rule, and no limit beside it, for %s', (_what, name, valid) => {
  expect(isValidRefName(name)).toBe(valid);
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
