import http from 'node:http';
import { GitError } from '../../git/errors.ts';
import { Exchange, type ExchangeOptions } from '../../git/http/exchange.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { rawServer } from '../support/raw-server.ts';
import { collect } from '../support/stream.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const LIMIT_MS = 120_000;
/** More than the sockets of both sides hold. */
const MUCH = Buffer.alloc(64 * 1024 * 1024);
const reason = new GitError('corrupt', 'a reason of ours');

function exchangeWith(server: { origin: string; close(): unknown }, options: Partial<ExchangeOptions> = {}): Exchange {
  const agent = new http.Agent();
  opened.push(server, { close: () => agent.destroy() });
  return new Exchange({
    method: 'POST',
    url: new URL(`${server.origin}/r`),
    headers: {},
    agent,
    idleMs: LIMIT_MS,
    signal: undefined,
    where: 'source',
    traffic: { requests: 0, bytesSent: 0, bytesReceived: 0 },
    ...options,
  });
}

/** A server that takes a connection and says and reads nothing. */
const deaf = () => rawServer((socket) => void socket.pause());
const answering = (handler: http.RequestListener): Promise<LocalServer> =>
  listen(async (request, response) => handler(request, response), 0);

it('counts what is sent and received, both ways', async () => {
  const traffic = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  const server = await answering(async (request, response) => {
    const sent = await collect(request as AsyncIterable<Buffer>);
    response.end(`${request.headers['content-length'] ?? 'chunked'} ${sent}`);
  });
  const whole = exchangeWith(server, { body: Buffer.from('whole'), traffic });
  expect(String(await collect(whole.body()))).toBe('5 whole');
  expect(traffic).toEqual({ requests: 1, bytesSent: 5, bytesReceived: 7 });

  const parts = exchangeWith(server, { traffic });
  await parts.write(Buffer.from('in '));
  await parts.write(Buffer.from('parts'));
  parts.end();
  expect(String(await collect(parts.body()))).toBe('chunked in parts');
  expect(traffic).toEqual({ requests: 2, bytesSent: 13, bytesReceived: 23 });

  await collect(exchangeWith(server, { method: 'GET', traffic }).body());
  expect(traffic).toMatchObject({ requests: 3, bytesSent: 13 });
});

it('tells whoever writes why the connection was broken, and keeps to the first reason', async () => {
  const exchange = exchangeWith(await deaf());

  exchange.destroy(reason);
  exchange.destroy(new GitError('aborted', 'a later reason'));

  await expect(exchange.write(Buffer.from('x'))).rejects.toBe(reason);
  await expect(exchange.response).rejects.toBe(reason);
});

it('tells whoever waits to write why the connection was broken', async () => {
  const exchange = exchangeWith(await deaf());
  const writing = exchange.write(MUCH);

  exchange.destroy(reason);

  await expect(writing).rejects.toBe(reason);
});

it('tells whoever writes, or waits to, that the answer is there already', async () => {
  const exchange = exchangeWith(await deaf());
  const writing = exchange.write(MUCH);

  exchange.stopWriting();

  await expect(writing).rejects.toMatchObject({ code: 'aborted', message: expect.stringMatching(/^source: answered/) });
  await expect(exchange.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'aborted' });
});

it('stops writing where the answer is an error, and does not say so any more when it has failed itself', async () => {
  const exchange = exchangeWith(
    await answering((_, response) => {
      response.writeHead(503);
      response.end('busy');
    }),
  );
  expect(exchange.refusedEarly).toBe(false);
  await exchange.write(Buffer.from('x'));

  expect((await exchange.response).statusCode).toBe(503);

  await expect(exchange.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'server-error' });
  expect(exchange.refusedEarly).toBe(true);
  exchange.destroy(reason);
  expect(exchange.refusedEarly).toBe(false);
});

it('goes on writing where the answer is a good one', async () => {
  const exchange = exchangeWith(await answering((_, response) => void response.writeHead(200).flushHeaders()));
  await exchange.write(Buffer.from('x'));
  await exchange.response;

  await expect(exchange.write(Buffer.from('x'))).resolves.toBeUndefined();
  expect(exchange.refusedEarly).toBe(false);
});

it('fails with one error, whoever asks, where a server hangs up without an answer', async () => {
  const exchange = exchangeWith(await rawServer((socket) => void socket.end()));
  await exchange.write(Buffer.from('x'));

  const failure = (await exchange.response.catch((error: unknown) => error)) as GitError;

  expect(failure).toMatchObject({ name: 'GitError', code: 'connection' });
  await expect(exchange.write(Buffer.from('x'))).rejects.toBe(failure);
  await expect(collect(exchange.body())).rejects.toBe(failure);
});

it.each([
  ['a reason of ours as it is', reason, (error: unknown) => error === reason],
  ['another reason as the cause', 'SIGTERM', (error: unknown) => (error as Error).cause === 'SIGTERM'],
])('gives a stop with %s', async (_what, given, isRight) => {
  const stop = new AbortController();
  const exchange = exchangeWith(await deaf(), { signal: stop.signal });
  const writing = exchange.write(MUCH);

  stop.abort(given);

  const error = await writing.catch((failure: unknown) => failure);
  expect({ error, isRight: isRight(error) }).toMatchObject({ isRight: true });
});

it('listens to a signal no longer than it lives', async () => {
  const stop = new AbortController();
  const removed = Promise.withResolvers<void>();
  const { signal } = stop;
  const remove = signal.removeEventListener.bind(signal);
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    remove(...given);
    removed.resolve();
  };
  const exchange = exchangeWith(await answering((_, response) => void response.end('answer')), {
    method: 'GET',
    signal,
  });

  await collect(exchange.body());

  await removed.promise;
});
