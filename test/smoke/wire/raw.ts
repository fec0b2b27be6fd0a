import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { refusePlaintext } from '../../../git/credentials.ts';
import { asGitError, GitError } from '../../../git/errors.ts';

/** A request that ccrepl itself would never send. */
export interface RawRequest {
  method?: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: Buffer;
  /** Says no length beforehand. */
  chunked?: boolean;
  signal: AbortSignal;
}

/** What came of it; `broken` where the connection ended without an answer. */
export type RawAnswer = { status: number; body: Buffer } | { broken: string };

/** So much of an answer says what it is. */
const BODY_BYTES_MAX = 64 * 1024;
const SILENCE_MS_MAX = 30_000;

/** Sends a request as it is, once. @throws GitError `aborted` */
export async function rawRequest({
  method = 'GET',
  url,
  headers,
  body,
  chunked,
  signal,
}: RawRequest): Promise<RawAnswer> {
  refusePlaintext(url);
  const length = body !== undefined && !chunked && { 'Content-Length': String(body.length) };
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    method,
    agent: false,
    signal,
    headers: { 'User-Agent': 'git/ccrepl', ...headers, ...length },
  });
  request.setTimeout(SILENCE_MS_MAX, () => request.destroy(new Error(`no answer within ${SILENCE_MS_MAX / 1000} s`)));
  // Heard below, where the answer is awaited.
  request.on('error', () => {});
  try {
    const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
    if (chunked) request.write(body);
    request.end(chunked ? undefined : body);
    const [response] = await answered;
    return { status: response.statusCode ?? 0, body: await beginningOf(response) };
  } catch (error) {
    if (signal.aborted) throw new GitError('aborted', `${url.origin}: stopped`);
    return { broken: asGitError(error, url.origin).message };
  } finally {
    request.destroy();
  }
}

async function beginningOf(response: http.IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= BODY_BYTES_MAX) break;
  }
  return Buffer.concat(parts);
}

/** An answer in a few words. */
export function describeAnswer(answer: RawAnswer): string {
  if ('broken' in answer) return `the connection ended: ${answer.broken}`;
  const text = answer.body.toString('utf8').replace(/\s+/g, ' ').trim();
  return `HTTP ${answer.status}, ${text === '' ? 'an empty body' : `"${text.slice(0, 200)}"`}`;
}
