import { basic } from '../../git/credentials.ts';
import type { Oid } from '../../git/oid.ts';
import { type Advertisement, readAdvertisement } from '../../git/protocol/advertisement.ts';
import { refFromText } from '../../git/ref.ts';
import { GitRemote } from '../../git/remote.ts';
import { rawServer } from '../support/raw-server.ts';
import { against, closeRemotes, remoteOf } from '../support/remotes.ts';
import { packets, readerOf } from '../support/stream.ts';

const A = 'a'.repeat(40) as Oid;
const ADVERTISEMENT = packets(`${A} refs/heads/main\0report-status side-band-64k\n`, null);
const command = { ref: refFromText('refs/heads/main'), old: undefined, new: A };

let advertised: Advertisement;
beforeAll(async () => {
  advertised = await readAdvertisement(readerOf(ADVERTISEMENT), 'git-receive-pack');
});

afterEach(closeRemotes);

/** A remote whose server answers with these bytes. */
const answering = async (...bytes: (string | Buffer)[]): Promise<GitRemote> =>
  remoteOf(await rawServer((socket) => socket.write(Buffer.concat(bytes.map((part) => Buffer.from(part))))));

const read = (remote: GitRemote) => remote.advertisement('git-upload-pack');
const length = `Content-Length: ${ADVERTISEMENT.length}\r\n`;
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

it.each<[string, (string | Buffer)[]]>([
  ['two lengths that differ', [`HTTP/1.1 200 OK\r\n${length}Content-Length: 5\r\n\r\n`, ADVERTISEMENT]],
  [
    'a length and chunks',
    [`HTTP/1.1 200 OK\r\n${length}Transfer-Encoding: chunked\r\n\r\n`, chunk(ADVERTISEMENT), '0\r\n\r\n'],
  ],
  ['a header line of 64 KiB', [`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(65_536)}\r\n${length}\r\n`, ADVERTISEMENT]],
  ['no status', [`HTTP/1.1 OK\r\n${length}\r\n`, ADVERTISEMENT]],
  ['a chunk of no size', [chunked, 'zz\r\n', ADVERTISEMENT, '\r\n']],
  ['a chunk of no size after good ones', [chunked, chunk(ADVERTISEMENT), 'zz\r\n']],
  ['more bytes in a chunk than its size', [chunked, '4\r\n', ADVERTISEMENT, '\r\n0\r\n\r\n']],
])('an answer with %s is broken HTTP, even if all of it comes at once', async (_what, bytes) => {
  const remote = await answering(...bytes);

  await expect(read(remote)).rejects.toMatchObject({ name: 'GitError', code: 'protocol' });
});

it('a chunk of no size that comes after the head was read is broken HTTP', async () => {
  const remote = await against((_, response) => {
    response.write(ADVERTISEMENT.subarray(0, 8), () => response.socket?.write('zz\r\n'));
  });

  await expect(read(remote)).rejects.toMatchObject({ name: 'GitError', code: 'protocol' });
});

it('a whole list in an answer that has no last chunk is cut all the same', async () => {
  const remote = remoteOf(
    await rawServer((socket) => void socket.end(Buffer.concat([Buffer.from(chunked), chunk(ADVERTISEMENT)]))),
  );

  await expect(read(remote)).rejects.toMatchObject({ code: 'connection', retryable: true });
});

it('answers that only say "wait" are passed over', async () => {
  const remote = await answering(
    'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n',
    `HTTP/1.1 200 OK\r\nContent-Length: ${ADVERTISEMENT.length}\r\n\r\n`,
    ADVERTISEMENT,
  );

  expect([...(await read(remote)).refs]).toEqual([['refs/heads/main', A]]);
});

it.each([201, 204, 206, 301, 304, 410, 418, 502, 504, 507])('HTTP %i is no list', async (code) => {
  const remote = await against((_, response) => {
    response.writeHead(code);
    response.end(code === 204 || code === 304 ? undefined : ADVERTISEMENT);
  });

  await expect(read(remote)).rejects.toMatchObject({ name: 'GitError', status: code });
});

it('a refusal of old credentials is healed by new ones', async () => {
  const seen: (string | undefined)[] = [];
  const remote = await against(
    (request, response) => {
      seen.push(request.headers.authorization);
      if (seen.length === 1) response.writeHead(401, { 'WWW-Authenticate': 'Basic' });
      response.end(ADVERTISEMENT);
    },
    { authorize: async (_url, { fresh }) => (fresh ? 'Basic new' : 'Basic old') },
  );

  expect((await read(remote)).refs.size).toBe(1);
  expect(seen).toEqual(['Basic old', 'Basic new']);
});

it('a request is asked for a new signature each time, and never with that of another request', async () => {
  const seen: (string | undefined)[] = [];
  let signed = 0;
  const remote = await against(
    (request, response) => {
      seen.push(request.headers.authorization);
      response.end(ADVERTISEMENT);
    },
    { authorize: async () => `Basic ${++signed}` },
  );

  await read(remote);
  await read(remote);

  expect(seen).toEqual(['Basic 1', 'Basic 2']);
});

it('asks plainly: no version of the protocol, no encoding, no body', async () => {
  let seen: { method?: string | undefined; url?: string | undefined; headers: unknown } | undefined;
  const remote = await against((request, response) => {
    const { method, url, headers } = request;
    seen = { method, url, headers };
    response.end(ADVERTISEMENT);
  });

  await read(remote);

  expect(seen).toEqual({
    method: 'GET',
    url: '/r/info/refs?service=git-upload-pack',
    headers: {
      host: remote.url.host,
      connection: 'keep-alive',
      'user-agent': 'git/ccrepl',
      'accept-encoding': 'identity',
    },
  });
});

it.each(['http://192.0.2.1', 'http://localhost.example', 'http://127.0.0.1.example', 'http://[::2]', 'http://0.0.0.0'])(
  'sends no login to %s, not even a connection',
  async (origin) => {
    const remote = new GitRemote({ url: new URL(`${origin}/r`), authorize: basic('u', 'CANARY'), side: 'source' });

    const error = await read(remote).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: 'input', message: expect.not.stringContaining('CANARY') });
    expect(remote.traffic).toEqual({ requests: 0, bytesSent: 0, bytesReceived: 0 });
  },
);

it.each(['first-half:second-half', ':leading-colon', 'trailing-colon:', 'a b  c\td e f', 'ünïcödé-pass'])(
  'a server that repeats the password %j does not make us show it',
  async (password) => {
    const remote = await against(
      (request, response) => {
        response.writeHead(403);
        response.end(`no: ${Buffer.from((request.headers.authorization ?? '').slice(6), 'base64')}`);
      },
      { authorize: basic('user', password) },
    );

    const error = (await read(remote).catch((reason: unknown) => reason)) as Error;

    expect(error.message).toMatch(/: HTTP 403: no: user:\[redacted\]$/);
  },
);

it('an answer that is not git’s lets go of its connection', async () => {
  const closed = Promise.withResolvers<void>();
  const remote = await against((request, response) => {
    request.socket.once('close', () => closed.resolve());
    // A page without an end.
    response.write('<html>');
  });

  await expect(read(remote)).rejects.toMatchObject({ code: 'protocol' });
  await closed.promise;
}, 10_000);

/** Chunks for ever; counts those that were taken. */
function endless(): { pack: AsyncGenerator<Buffer>; taken: () => number } {
  let bytes = 0;
  async function* chunks() {
    for (;;) {
      bytes += 64 * 1024;
      yield Buffer.alloc(64 * 1024);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { pack: chunks(), taken: () => bytes };
}

it('a server that does not read stops the pack, and is given up when nothing moves', async () => {
  const { pack, taken } = endless();
  const remote = await against(() => {}, { indexingMs: 500 });

  await expect(remote.push([command], pack, advertised)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  // What the sockets of both sides hold, and no more.
  expect(taken()).toBeLessThan(64 * 1024 * 1024);
});

it('a server that says 200 in the middle of a pack and hangs up ends the push with an error', async () => {
  const { pack } = endless();
  const said = packets('ERR read-only\n');
  const server = await rawServer((socket) => {
    // Reads no more; closes only its own direction.
    socket.pause();
    socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${said.length}\r\n\r\n${said}`);
  });
  const remote = remoteOf(server, { indexingMs: 1000 });

  await expect(remote.push([command], pack, advertised)).rejects.toMatchObject({ name: 'GitError' });
}, 10_000);

it.each([401, 404, 413, 500])(
  'a server that says %i in the middle of a pack is heard, and the pack is let go',
  async (code) => {
    let returned = false;
    async function* pack() {
      try {
        yield* endless().pack;
      } finally {
        returned = true;
      }
    }
    const remote = await against((_, response) => {
      response.writeHead(code);
      response.end('enough');
    });

    const pushed = remote.push([command], pack(), advertised);

    await expect(pushed).rejects.toMatchObject({ status: code, message: expect.stringMatching(/: enough$/) });
    expect(returned).toBe(true);
  },
);

it('an https URL of a server without TLS is a TLS error that does not pass', async () => {
  const server = await rawServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const remote = remoteOf({ ...server, origin: server.origin.replace('http:', 'https:') });

  await expect(read(remote)).rejects.toMatchObject({ code: 'tls', retryable: false });
});
