import type { IncomingMessage } from 'node:http';
import type { GitError } from '../../git/errors.ts';
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
