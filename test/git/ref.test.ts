import { displayRef, printable, type RefName, refFromText } from '../../git/ref.ts';

it('keeps every byte of a name, and shows those that are no UTF-8 as \\xNN', () => {
  const latin1 = Buffer.from([0x72, 0x2f, 0xe4]).toString('latin1') as RefName;

  expect(displayRef(refFromText('refs/heads/ä-日本'))).toBe('refs/heads/ä-日本');
  expect(displayRef(latin1)).toBe('r/\\xe4');
});

it('shows nothing that could forge or hide a line', () => {
  expect(displayRef(refFromText('a\u202eb\u200bc'))).toBe('a\\u{202e}b\\u{200b}c');
  expect(printable('one\ntwo\r\u001b[2K')).toBe('one\\u{a}two\\u{d}\\u{1b}[2K');
  expect(printable('x'.repeat(300))).toHaveLength(201);
});

it.each(['\u061c', '\u200e', '\u202e', '\u2066', '\u0085', '\u007f'])(
  'shows a character that turns text around: %j',
  (c) => {
    expect(displayRef(refFromText(`refs/heads/${c}x`))).toBe(`refs/heads/\\u{${c.codePointAt(0)?.toString(16)}}x`);
  },
);

it('cuts a long text between characters, and shows the number of half a character', () => {
  expect(printable(`${'x'.repeat(199)}😀😀`)).toBe(`${'x'.repeat(199)}…`);
  expect(printable('a\ud83d')).toBe('a\\u{d83d}');
  expect(printable('😀', 2)).toBe('😀');
});
