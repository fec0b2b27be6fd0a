import http from 'node:http';
import type { Socket } from 'node:net';
import { GitError } from '../../git/errors.ts';
import { Exchange, type ExchangeOptions } from '../../git/http/exchange.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { rawServer } from '../support/raw-server.ts';
import { collect } from '../support/stream.ts';
import { ToldTime, turns } from '../support/told-time.ts';

const time = new ToldTime();
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  time.end();
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

it.each<[string, string, (socket: Socket) => unknown]>([
  ['with a reset', 'Content-Length: 2\r\n', (socket) => socket.destroy()],
  // Node tells of this one by `close` alone.
  ['at the end of an answer that only that ends', '', (socket) => socket.end()],
])('tells whoever waits to write that a server has gone that had answered, %s', async (_how, length, leave) => {
  const gone = Promise.withResolvers<void>();
  const server = await rawServer((socket) => {
    socket.pause();
    socket.write(`HTTP/1.1 200 OK\r\n${length}\r\nok`);
    gone.promise.then(() => leave(socket));
  });
  const exchange = exchangeWith(server);
  const writing = exchange.write(MUCH);
  expect((await exchange.response).statusCode).toBe(200);

  gone.resolve();

  await expect(writing).rejects.toMatchObject({ name: 'GitError', code: 'connection' });
});

it('breaks the connection of an answer that is not read to its end', async () => {
  const broken = Promise.withResolvers<void>();
  const server = await answering((request, response) => {
    request.socket.once('close', () => broken.resolve());
    response.write('one');
  });
  const exchange = exchangeWith(server, { method: 'GET' });

  for await (const _ of exchange.body()) break;

  await broken.promise;
});

it('goes on with a body where it was left', async () => {
  const exchange = exchangeWith(
    await answering((_, response) => void response.write('one', () => response.end('two'))),
    { method: 'GET' },
  );
  const body = exchange.body();
  const { value } = await body.next();

  const rest = await collect(exchange.body());

  expect(`${value}${rest}`).toBe('onetwo');
});

describe('silence', () => {
  const MS = 60_000;
  /** An exchange whose time is told by the test. */
  const timed = async (server: { origin: string; close(): unknown }, options: Partial<ExchangeOptions> = {}) => {
    time.begin();
    return exchangeWith(server, { idleMs: MS, ...options });
  };
  const pass = (ms: number) => time.pass(ms);
  /** What has become of a promise by now. */
  const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
    Promise.race([
      promise.then(
        () => 'done',
        (error: GitError) => error.code,
      ),
      turns().then(() => 'pending'),
    ]);
  const silent = () => answering(() => {});

  it('is listened for no longer than the exchange lasts', async () => {
    const exchange = await timed(await answering((_, response) => void response.end('answer')), { method: 'GET' });
    expect(time.running).toBe(1);

    await collect(exchange.body());
    await turns();

    expect(time.running).toBe(0);
  });

  it('of a server that owes an answer ends the exchange, and the error says for how long', async () => {
    const exchange = await timed(await silent(), { method: 'GET' });

    pass(MS - 1);
    expect(await outcomeOf(exchange.response)).toBe('pending');
    pass(1);

    await expect(exchange.response).rejects.toMatchObject({
      code: 'timeout',
      message: 'source: nothing moved for 60 s',
    });
  });

  it('is no fault of a server that is still to be told something, and counts from when it has been', async () => {
    const exchange = await timed(await silent());
    await exchange.write(Buffer.from('x'));
    pass(MS);
    pass(MS - 1);
    expect(await outcomeOf(exchange.response)).toBe('pending');

    exchange.end();

    pass(MS - 1);
    expect(await outcomeOf(exchange.response)).toBe('pending');
    pass(1);
    await expect(exchange.response).rejects.toMatchObject({ code: 'timeout' });
  });

  it('of a server that does not read ends a write, from when that began to wait', async () => {
    const exchange = await timed(await deaf());
    pass(MS - 1);
    const writing = exchange.write(MUCH);

    pass(1);
    expect(await outcomeOf(writing)).toBe('pending');
    pass(MS - 2);
    expect(await outcomeOf(writing)).toBe('pending');
    pass(1);

    await expect(writing).rejects.toMatchObject({ code: 'timeout' });
  });

  it('after a write that had to wait, and was taken, is ours', async () => {
    const exchange = await timed(await answering((request) => void request.resume()));
    await exchange.write(MUCH);

    pass(2 * MS);

    expect(await outcomeOf(exchange.response)).toBe('pending');
    await expect(exchange.write(Buffer.from('x'))).resolves.toBeUndefined();
  });

  it('while we do not read is ours, and counts from when we do', async () => {
    const exchange = await timed(await answering((_, response) => void response.write('x')), { method: 'GET' });
    const body = exchange.body();
    await body.next();
    pass(MS);
    pass(MS - 1);
    const reading = body.next();

    pass(1);
    expect(await outcomeOf(reading)).toBe('pending');
    pass(MS - 2);
    expect(await outcomeOf(reading)).toBe('pending');
    pass(1);

    await expect(reading).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('what is left of an answer that has said all', () => {
  const half = async (handler: (response: http.ServerResponse) => void) => {
    const closed = Promise.withResolvers<void>();
    const server = await answering((request, response) => {
      request.socket.once('close', () => closed.resolve());
      handler(response);
    });
    time.begin();
    const exchange = exchangeWith(server, { method: 'GET' });
    await exchange.body().next();
    return { exchange, closed: closed.promise };
  };

  it('is waited for a second, and then the connection is broken', async () => {
    const { exchange, closed } = await half((response) => void response.write('x'));
    let released = false;
    const releasing = exchange.release().then(() => {
      released = true;
    });

    time.pass(999);
    await turns();
    expect(released).toBe(false);
    time.pass(1);

    await releasing;
    await closed;
  });

  it('is not read for ever', async () => {
    const { exchange, closed } = await half((response) => {
      const more = () =>
        response.write(Buffer.alloc(16 * 1024), (error) => {
          if (!error) setImmediate(more);
        });
      more();
    });

    await exchange.release();

    await closed;
  });
});
