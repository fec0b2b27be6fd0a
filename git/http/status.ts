import type { IncomingMessage } from 'node:http';
import { GitError, type GitErrorCode } from '../errors.ts';
import { printable } from '../ref.ts';
import { clockProblem } from './clock.ts';

/** Nobody waits for longer than a day. */
const RETRY_AFTER_SECONDS_MAX = 86_400;
const ERROR_BODY_BYTES_MAX = 4096;
/** HTTP's own dates, all of which say GMT. `Date.parse` alone would take "-5" and "soon 5" for dates too. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .* GMT$/;

/** Status 200 and nothing else; any other answer as the error it means, with a little of what the server said. */
export async function expectOk(
  response: IncomingMessage,
  body: AsyncIterable<Buffer>,
  where: string,
  now: () => Date = () => new Date(),
): Promise<void> {
  const { statusCode: status = 0, headers } = response;
  if (status === 200) {
    // We ask for no encoding; one that comes all the same must not be taken for git's bytes.
    const encoding = headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return;
    throw new GitError(
      'protocol',
      `${where}: the answer is encoded as "${printable(encoding)}", which we did not ask for`,
    );
  }
  if (status >= 300 && status < 400) {
    response.destroy();
    throw new GitError(
      'redirect',
      `${where}: HTTP ${status} to "${redirectTarget(headers.location)}"; redirects are never followed: give the final URL`,
      { status },
    );
  }
  const said = await readLittle(body);
  const code = codeFor(status, said);
  const clock = code === 'unauthorized' ? clockProblem(headers.date, now()) : '';
  throw new GitError(code, `${where}: HTTP ${status}${said === '' ? '' : `: ${said}`}${clock}`, {
    status,
    retryAfter: retryAfter(headers['retry-after']),
  });
}

function codeFor(status: number, said: string): GitErrorCode {
  if (status === 429 || /throttl|rate exceeded/i.test(said)) return 'throttled';
  // A customer's key that KMS does not give: CodeCommit's API says so with HTTP 400.
  if (status === 401 || status === 403 || /EncryptionKey(?!Unavailable)/.test(said)) return 'unauthorized';
  if (/EncryptionKeyUnavailable/.test(said)) return 'server-error';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 413) return 'too-large';
  if (status === 408 || status >= 500) return 'server-error';
  return 'protocol';
}

/** Where a redirect points, without anything that could be a secret in it. */
function redirectTarget(location: string | undefined): string {
  if (location === undefined) return 'nowhere';
  try {
    const url = new URL(location, 'http://relative.invalid');
    // A login that a backslash has made a part of the path is one all the same.
    const path = url.pathname.replace(/^.*@/s, '/…@');
    return printable(url.hostname === 'relative.invalid' ? path : `${url.origin}${path}`);
  } catch {
    return 'an unreadable address';
  }
}

/** Seconds from a Retry-After header: a number or a date; nothing for anything else. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Math.min(Number(header), RETRY_AFTER_SECONDS_MAX);
  if (!HTTP_DATE.test(header)) return undefined;
  const seconds = Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), RETRY_AFTER_SECONDS_MAX);
}

async function readLittle(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      parts.push(chunk);
      bytes += chunk.length;
      if (bytes >= ERROR_BODY_BYTES_MAX) break;
    }
  } catch {
    // The status is the news; what came of the body before it broke is shown.
  }
  return printable(Buffer.concat(parts).toString('utf8').replace(/\s+/g, ' ').trim());
}
