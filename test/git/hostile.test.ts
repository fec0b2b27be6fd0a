import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { readAdvertisement } from '../../git/protocol/advertisement.ts';
import { displayRef, refFromText } from '../../git/ref.ts';
import { parseRepositoryAddress } from '../../git/url.ts';
import { packets, readerOf, slicesOf } from '../support/stream.ts';

const A = 'a'.repeat(40);

it.each([1, 2, 3, 4, 5, 64])('reads the same refs if they come in chunks of %d', async (size) => {
  const bytes = packets('# service=git-upload-pack\n', null, `${A} HEAD\0x\n`, `${A} refs/heads/m\n`, null);

  const { refs } = await readAdvertisement(new PktLineReader(slicesOf(bytes, size)), 'git-upload-pack');

  expect([...refs]).toEqual([['refs/heads/m', A]]);
});

it('every cut of the refs is an error, never a shorter list', async () => {
  const bytes = packets('# service=git-upload-pack\n', null, `${A} HEAD\0x\n`, `${A} refs/heads/m\n`, null);
  const seen: number[] = [];
  for (let length = 0; length < bytes.length; length++) {
    await readAdvertisement(readerOf(bytes.subarray(0, length)), 'git-upload-pack').then(
      () => seen.push(length),
      () => {},
    );
  }

  expect(seen).toEqual([]);
});

it('takes no ref for one that stands at no object: pushed on, that would delete it', async () => {
  const bytes = packets(`${A} HEAD\0x\n`, `${'0'.repeat(40)} refs/heads/m\n`, null);

  await expect(readAdvertisement(readerOf(bytes), 'git-upload-pack')).rejects.toMatchObject({ code: 'protocol' });
});

it.each([
  'https://host/a/%2e%2e/b',
  'https://host/a/%2E%2e',
  'https://host/a/.%2e/b',
  'https://host/a/%2e/b',
  'https:///host/a',
  'https://host/a\tb',
  'https://host:0x/a',
  'https://host:99999/a',
  'file:///etc/passwd',
  'ext::sh -c id',
  '',
])('refuses %s before any connection', (text) => {
  expect(() => parseRepositoryAddress(text)).toThrow(expect.objectContaining({ name: 'GitError', code: 'input' }));
});

it.each([
  'https://user:CANARY/b/x@host/r',
  'https://user:a/b/CANARY@host/r',
  'https://CANARY@host@other/a b',
  'https:///user:CANARY@host/a b',
  's3://user:CANARY@host/x',
  'codecommit::us-east-1://user:CANARY@name',
  'HTTPS://user:CANARY@host/a?b',
  'https://user:CANARY@host:99999/r',
])('shows no login in its error about %s', (text) => {
  let message = '';
  try {
    parseRepositoryAddress(text);
  } catch (error) {
    message = (error as Error).message;
  }

  expect(message).not.toBe('');
  expect(message).not.toContain('CANARY');
});

it('refuses a port of CodeCommit, or keeps it', () => {
  let seen = '';
  try {
    seen = JSON.stringify(parseRepositoryAddress('https://git-codecommit.us-east-1.amazonaws.com:8443/v1/repos/R'));
  } catch (error) {
    seen = (error as Error).message;
  }

  expect(seen).toContain('8443');
});

it.each(['\u061c', '\u200e', '\u202e', '\u2066', '\u0085', '\u007f'])(
  'shows a character that turns text around: %j',
  (c) => {
    expect(displayRef(refFromText(`refs/heads/${c}x`))).toBe(`refs/heads/\\u{${c.codePointAt(0)?.toString(16)}}x`);
  },
);
