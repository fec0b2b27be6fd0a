import type { IncomingMessage, ServerResponse } from 'node:http';
import { basic } from '../../git/credentials.ts';
import type { Oid } from '../../git/oid.ts';
import { readAdvertisement } from '../../git/protocol/advertisement.ts';
import { refFromText } from '../../git/ref.ts';
import { GitRemote, type RemoteOptions } from '../../git/remote.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { packets, readerOf } from '../support/stream.ts';

const A = 'a'.repeat(40) as Oid;
const ADVERTISEMENT = packets(`${A} refs/heads/main\0report-status multi_ack_detailed side-band-64k\n`, null);

const servers: LocalServer[] = [];
const remotes: GitRemote[] = [];
afterEach(async () => {
  for (const remote of remotes.splice(0)) remote.close();
  for (const server of servers.splice(0)) await server.close();
});

/** A server that answers as it is told, and a remote that talks to it. */
async function against(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  options: Partial<RemoteOptions> = {},
): Promise<GitRemote> {
  const server = await listen(async (request, response) => handler(request, response), 0);
  servers.push(server);
  const remote = new GitRemote({
    sleep: async () => {},
    url: new URL(`${server.origin}/r`),
    authorize: basic('u', 'CANARY'),
    side: 'source',
    ...options,
  });
  remotes.push(remote);
  return remote;
}

const read = (remote: GitRemote) => remote.advertisement('git-upload-pack');
const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code, headers);
    response.end(body);
  };

it.each([
  [400, 'protocol', false],
  [403, 'unauthorized', false],
  [404, 'not-found', false],
  [408, 'server-error', true],
  [413, 'too-large', false],
  [429, 'throttled', true],
  [500, 'server-error', true],
  [503, 'server-error', true],
])('takes HTTP %i for %s', async (code, expected, retryable) => {
  const remote = await against(status(code, {}, 'some <b>words</b>\n'));

  await expect(read(remote)).rejects.toMatchObject({
    code: expected,
    retryable,
    status: code,
    message: expect.stringContaining('some <b>words</b>'),
  });
});

it.each([
  ['2', 2],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
])('reads Retry-After: %s', async (header, retryAfter) => {
  const remote = await against(status(429, { 'Retry-After': header }));

  await expect(read(remote)).rejects.toMatchObject({ code: 'throttled', retryAfter });
});

it('signs once more after a refusal, then gives up', async () => {
  const asked: boolean[] = [];
  const authorize = async (_url: URL, { fresh }: { fresh: boolean }) => {
    asked.push(fresh);
    return 'Basic x';
  };
  const remote = await against(status(401), { authorize });

  await expect(read(remote)).rejects.toMatchObject({ code: 'unauthorized' });
  expect(asked).toEqual([false, true]);
});

it('takes a body that is shorter than announced, or has no last chunk, for cut', async () => {
  const short = await against((_, response) => {
    response.writeHead(200, { 'Content-Length': '1000' });
    response.write(ADVERTISEMENT, () => response.destroy());
  });
  const endless = await against((_, response) => {
    response.write(ADVERTISEMENT, () => response.destroy());
  });

  await expect(read(short)).rejects.toMatchObject({ code: 'connection' });
  await expect(read(endless)).rejects.toMatchObject({ code: 'connection' });
});

it('does not take its own slow reading for the silence of the server', async () => {
  const remote = await against(
    (request, response) => {
      request.resume();
      response.end(Buffer.concat([packets('NAK\n', '\u0001one'), packets('\u0001two', null)]));
    },
    { idleMs: 40 },
  );
  const advertised = await readAdvertisement(readerOf(ADVERTISEMENT), 'git-upload-pack');
  const { pack } = await remote.fetch({ wants: [A], haves: [], done: true, thin: false, ofsDelta: false }, advertised);

  const parts: string[] = [];
  for await (const chunk of pack) {
    parts.push(chunk.toString());
    // Longer than the idle limit, and on our side.
    await new Promise((resolve) => setTimeout(resolve, 90));
  }

  expect(parts.join('')).toBe('onetwo');
});

it('sends no login over plain http to another machine, not even a connection', async () => {
  const remote = new GitRemote({ url: new URL('http://192.0.2.1/r'), authorize: basic('u', 'p'), side: 'source' });

  await expect(read(remote)).rejects.toMatchObject({
    code: 'input',
    message: expect.stringContaining('use an https:// URL'),
  });
  expect(remote.traffic.requests).toBe(0);
});

it('asks with a known length, and pushes in chunks', async () => {
  const headers: Record<string, IncomingMessage['headers']> = {};
  const remote = await against(async (request, response) => {
    headers[request.url ?? ''] = request.headers;
    for await (const _ of request);
    const report = packets(`\u0001${packets('unpack ok\n', 'ok refs/heads/main\n', null).toString('latin1')}`, null);
    response.end(request.url?.endsWith('upload-pack') ? packets(`ACK ${A} common\n`, 'NAK\n') : report);
  });
  const advertised = await readAdvertisement(readerOf(ADVERTISEMENT), 'git-receive-pack');

  const known = await remote.knownObjects([A], advertised);
  const report = await remote.push(
    [{ ref: refFromText('refs/heads/main'), old: A, new: undefined }],
    undefined,
    advertised,
  );

  expect([...(known ?? [])]).toEqual([A]);
  expect(report?.results.get(refFromText('refs/heads/main'))).toBeUndefined();
  expect(headers['/r/git-upload-pack']).toMatchObject({ 'content-length': '141' });
  expect(headers['/r/git-receive-pack']).toMatchObject({ 'transfer-encoding': 'chunked' });
  expect(headers['/r/git-receive-pack']).not.toHaveProperty('git-protocol');
});

it('hears what a server says that answers before the pack is whole', async () => {
  const remote = await against((_, response) => {
    response.writeHead(413);
    response.end('too big');
  });
  const advertised = await readAdvertisement(readerOf(ADVERTISEMENT), 'git-receive-pack');
  let left = 10_000;
  async function* endless() {
    for (; left > 0; left--) {
      yield Buffer.alloc(64 * 1024);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const pushed = remote.push([{ ref: refFromText('refs/heads/main'), old: undefined, new: A }], endless(), advertised);

  await expect(pushed).rejects.toMatchObject({ code: 'too-large', status: 413 });
  expect(left).toBeGreaterThan(0);
});

it('never ends a push whose pack fails: the server sees a broken connection', async () => {
  const arrived = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<string>();
  const remote = await against(async (request) => {
    try {
      for await (const _ of request) arrived.resolve();
      outcome.resolve('ended');
    } catch {
      outcome.resolve('broken');
    }
  });
  const advertised = await readAdvertisement(readerOf(ADVERTISEMENT), 'git-receive-pack');
  async function* failing() {
    yield Buffer.from('PACK');
    await arrived.promise;
    throw new Error('the source is gone');
  }

  const pushed = remote.push([{ ref: refFromText('refs/heads/main'), old: undefined, new: A }], failing(), advertised);

  await expect(pushed).rejects.toThrow('the source is gone');
  expect(await outcome.promise).toBe('broken');
});

it('stops at once when it is told to', async () => {
  const stop = new AbortController();
  const remote = await against(() => stop.abort(), { signal: stop.signal });

  await expect(read(remote)).rejects.toMatchObject({ code: 'aborted', retryable: false });
});
