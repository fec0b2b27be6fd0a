import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { displayRef, isValidRefName, printable, type RefName, refFromText } from '../../git/ref.ts';
import { collect } from '../support/stream.ts';

/** Asks git itself about many names, one a line. */
async function askGit(names: readonly string[]): Promise<boolean[]> {
  const script = 'while IFS= read -r name; do if git check-ref-format "$name"; then echo 1; else echo 0; fi; done';
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(names.map((name) => `${name}\n`).join(''), 'latin1');
  const output = collect(child.stdout);
  await once(child, 'close');
  return (await output)
    .toString()
    .trim()
    .split('\n')
    .map((line) => line === '1');
}

it('has the same rules for names as git check-ref-format', async () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '/',
    '.',
    '..',
    '@',
    '{',
    '@{',
    '-',
    '~',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    ' ',
    '\t',
    '\x7f',
    '\x01',
    '\xe4',
    '.lock',
    'lock',
    'refs',
    'heads',
    '{}',
    '//',
    '$',
    "'",
  );
  const arbitrary = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
  const seed = Number(process.env['CCREPL_SEED'] ?? Date.now() % 1_000_000);
  const candidates = [
    'refs/heads/main',
    'HEAD',
    'a/b',
    '@',
    'refs/heads/.a',
    'refs/heads/a.lock/b',
    ...fc.sample(
      fc.oneof(
        arbitrary,
        arbitrary.map((name) => `refs/heads/${name}`),
      ),
      { seed, numRuns: 800 },
    ),
  ];

  // git would take a name that begins with a dash for an option of its own.
  const names = candidates.filter((name) => !name.startsWith('-'));
  const expected = await askGit(names);

  const differing = names.filter((name, index) => isValidRefName(name) !== expected[index]);
  expect({ seed, differing }).toEqual({ seed, differing: [] });
});

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
