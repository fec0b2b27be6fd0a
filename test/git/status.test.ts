import type { IncomingMessage } from 'node:http';
import { GitError } from '../../git/errors.ts';
import { expectOk } from '../../git/http/status.ts';
import { chunksOf } from '../support/stream.ts';

/** How long a server wants us to wait that sent this `Retry-After`. */
async function waitFor(header: string): Promise<number | undefined> {
  const response = { statusCode: 503, headers: { 'retry-after': header } } as unknown as IncomingMessage;
  const error = await expectOk(response, chunksOf('busy'), 'source').catch((reason: unknown) => reason);
  return (error as GitError).retryAfter;
}

it.each([
  ['an hour', '3600', 3600],
  ['no time', '0', 0],
  ['more than a day', '9'.repeat(400), 86_400],
  ['a date that has passed', 'Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ['a date in HTTP’s older form', 'Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ['a number below nothing', '-5', undefined],
  ['a fraction', '1.5', undefined],
  ['a number in another notation', '1e9', undefined],
  ['words with a number', 'soon 5', undefined],
  ['a date without a zone', 'Sun, 06 Nov 1994 08:49:37', undefined],
  ['a day that there is not', 'Sun, 99 Nov 1994 08:49:37 GMT', undefined],
  ['a list', '120, 30', undefined],
  ['nothing', '', undefined],
])('a wait of %s is taken for what it is', async (_what, header, seconds) => {
  expect(await waitFor(header)).toBe(seconds);
});

it('a wait until a date is at most the time until then', async () => {
  const seconds = await waitFor(new Date(Date.now() + 3_600_000).toUTCString());

  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(3600);
});

/** The error that an answer is. */
async function errorOf(
  statusCode: number,
  headers: Record<string, string> = {},
  body: AsyncIterable<Buffer> = chunksOf(),
): Promise<GitError> {
  const response = { statusCode, headers, destroy: () => {} } as unknown as IncomingMessage;
  const error = await expectOk(response, body, 'source').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GitError);
  return error as GitError;
}

it('an answer that is encoded as itself is not encoded', async () => {
  const response = { statusCode: 200, headers: { 'content-encoding': 'identity' } } as unknown as IncomingMessage;

  await expect(expectOk(response, chunksOf(), 'source')).resolves.toBeUndefined();
});

it('an answer in an encoding that nobody asked for is none of git’s', async () => {
  expect(await errorOf(200, { 'content-encoding': 'gzip\u001b' })).toMatchObject({
    code: 'protocol',
    message: 'source: the answer is encoded as "gzip\\u{1b}", which we did not ask for',
  });
});

it.each([
  [206, 'protocol'],
  [299, 'protocol'],
  [300, 'redirect'],
  [399, 'redirect'],
  [400, 'protocol'],
  [401, 'unauthorized'],
  [410, 'not-found'],
  [499, 'protocol'],
  [500, 'server-error'],
  [599, 'server-error'],
])('HTTP %i is %s', async (status, code) => {
  expect(await errorOf(status)).toMatchObject({ code, status });
});

it.each(['ThrottlingException: x', 'Rate Exceeded', 'rate exceeded', 'throttled'])(
  'a server that says "%s" throttles, whatever its status',
  async (said) => {
    expect(await errorOf(400, {}, chunksOf(said))).toMatchObject({
      code: 'throttled',
      message: `source: HTTP 400: ${said}`,
    });
  },
);

it.each([
  ['EncryptionKeyDisabledException', 'unauthorized'],
  ['EncryptionKeyUnavailableException', 'server-error'],
])('a server that says "%s" with HTTP 400 is %s', async (said, code) => {
  expect((await errorOf(400, {}, chunksOf(said))).code).toBe(code);
});

it.each([
  ['a refusal of a login', 401, true],
  ['any other answer', 500, false],
])('a clock that is far off is named with %s (%i): %s', async (_what, statusCode, named) => {
  const response = { statusCode, headers: { date: 'Fri, 02 Jan 2026 00:00:00 GMT' } } as unknown as IncomingMessage;
  const now = () => new Date('2026-01-02T00:10:00Z');

  const error = (await expectOk(response, chunksOf(), 'source', now).catch((reason: unknown) => reason)) as GitError;

  expect(error.message.includes('clock')).toBe(named);
});

it.each<[string, Record<string, string>, string]>([
  ['to another host', { location: 'https://user:CANARY@other.example/r?token=CANARY#x' }, 'https://other.example/r'],
  ['on the same host', { location: '/elsewhere?token=CANARY' }, '/elsewhere'],
  ['with a login behind a backslash', { location: 'http://host\\CANARY@other/r' }, 'http://host/…@other/r'],
  ['without a target', {}, 'nowhere'],
  ['to what is no address', { location: 'http://[' }, 'an unreadable address'],
])('a redirect %s shows where it points, and no secret', async (_what, headers, target) => {
  const { message } = await errorOf(302, headers);

  expect(message).toBe(`source: HTTP 302 to "${target}"; redirects are never followed: give the final URL`);
});

it('a redirect is read no further', async () => {
  let destroyed = 0;
  const response = { statusCode: 301, headers: {}, destroy: () => ++destroyed } as unknown as IncomingMessage;

  await expect(expectOk(response, chunksOf('page'), 'source')).rejects.toMatchObject({ code: 'redirect' });
  expect(destroyed).toBe(1);
});

it('of the page of an error no more than 4 KiB is read, in one line', async () => {
  let taken = 0;
  async function* page() {
    for (; taken < 1000; ) {
      taken += 1;
      yield Buffer.from('no\n\tway '.padEnd(1024));
    }
  }

  const { message } = await errorOf(500, {}, page());

  expect(taken).toBe(4);
  expect(message).toMatch(/^source: HTTP 500: no way no way no way no way$/);
});

it('what came of a page that broke is shown', async () => {
  async function* broken() {
    yield Buffer.from('half of it');
    throw new Error('cut');
  }

  expect((await errorOf(500, {}, broken())).message).toBe('source: HTTP 500: half of it');
  expect((await errorOf(500)).message).toBe('source: HTTP 500');
});
