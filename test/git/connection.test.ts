import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Oid } from '../../git/oid.ts';
import { type Advertisement, readAdvertisement } from '../../git/protocol/advertisement.ts';
import { refFromText } from '../../git/ref.ts';
import type { GitRemote } from '../../git/remote.ts';
import { against, closeRemotes } from '../support/remotes.ts';
import { chunksOf, collect, packets, readerOf } from '../support/stream.ts';
import { turns } from '../support/told-time.ts';

const A = 'a'.repeat(40) as Oid;
const ADVERTISEMENT = packets(`${A} refs/heads/main\0report-status multi_ack_detailed side-band-64k\n`, null);
const REPORT = packets(`\u0001${packets('unpack ok\n', 'ok refs/heads/main\n', null).toString('latin1')}`, null);
const wanted = { wants: [A], haves: [], done: true, thin: false, ofsDelta: false };
const command = { ref: refFromText('refs/heads/main'), old: undefined, new: A };

let advertised: Advertisement;
beforeAll(async () => {
  advertised = await readAdvertisement(readerOf(ADVERTISEMENT), 'git-upload-pack');
});

afterEach(closeRemotes);

it.each<[string, (remote: GitRemote) => Promise<unknown>]>([
  ['the refs', (remote) => remote.advertisement('git-upload-pack')],
  ['a question about objects', (remote) => remote.knownObjects([A], advertised)],
  ['a pack', async (remote) => collect((await remote.fetch(wanted, advertised)).pack)],
  ['a push', (remote) => remote.push([command], chunksOf('PACK'), advertised)],
])('the connection of %s serves the next request', async (_what, converse) => {
  const sockets = new Set<Socket>();
  const remote = await against(async (request, response) => {
    sockets.add(request.socket);
    for await (const _ of request);
    if (request.method === 'GET') response.end(ADVERTISEMENT);
    else if (request.url?.endsWith('receive-pack')) response.end(REPORT);
    else response.end(packets('NAK\n', '\u0001PACK', null));
  });

  await converse(remote);
  await remote.advertisement('git-receive-pack');

  expect({ requests: remote.traffic.requests, connections: sockets.size }).toEqual({ requests: 2, connections: 1 });
});

it('asks about many objects in requests of a thousand, and adds up what the server knows, until it says nothing new', async () => {
  const haves: number[] = [];
  const oids = Array.from({ length: 2001 }, (_, n) => n.toString(16).padStart(40, '0') as Oid);
  const theirs = [oids[0], oids[1000], oids[2000]];
  const remote = await against(async (request, response) => {
    const body = await collect(request as AsyncIterable<Buffer>);
    const asked = (body.toString().match(/have [0-9a-f]{40}/g) ?? []).map((line) => line.slice(5) as Oid);
    haves.push(asked.length);
    response.end(packets(...asked.filter((oid) => theirs.includes(oid)).map((oid) => `ACK ${oid} common\n`), 'NAK\n'));
  });

  const known = await remote.knownObjects(oids, advertised);

  expect(haves).toEqual([1000, 1000, 1, 1000, 998]);
  expect([...(known ?? [])]).toEqual(theirs);
});

it('a pack that is cut is an error after the bytes that came, under the name of its side', async () => {
  const remote = await against(async (request, response) => {
    for await (const _ of request);
    response.write(packets('NAK\n', '\u0001PACK'), () => response.destroy());
  });
  const { pack } = await remote.fetch(wanted, advertised);
  const parts: Buffer[] = [];
  const reading = async () => {
    for await (const chunk of pack) parts.push(chunk);
  };

  await expect(reading()).rejects.toMatchObject({
    code: 'connection',
    retryable: true,
    message: expect.stringMatching(/^source http:\/\/127\.0\.0\.1:\d+\/r: /),
  });
  expect(Buffer.concat(parts).toString()).toBe('PACK');
});

it('a pack that is not wanted any more is broken off, and the server notices', async () => {
  const gone = Promise.withResolvers<void>();
  const remote = await against(async (request, response) => {
    for await (const _ of request);
    response.once('close', gone.resolve);
    response.write(packets('NAK\n', '\u0001PACK'));
  });
  const { pack, cancel } = await remote.fetch(wanted, advertised);
  await pack.next();

  cancel();

  await gone.promise;
  await expect(collect(pack)).rejects.toMatchObject({ code: 'aborted' });
});

it('a stop in the middle of a pack stops it', async () => {
  const stop = new AbortController();
  const remote = await against(
    async (request, response) => {
      for await (const _ of request);
      response.write(packets('NAK\n', '\u0001PACK'));
    },
    { signal: stop.signal },
  );
  const { pack } = await remote.fetch(wanted, advertised);
  await pack.next();
  const rest = pack.next();

  stop.abort();

  await expect(rest).rejects.toMatchObject({ code: 'aborted', retryable: false });
});

it('a signal that has come before makes no request reach the server', async () => {
  let reached = 0;
  const remote = await against(
    (_, response) => {
      reached += 1;
      response.end(ADVERTISEMENT);
    },
    { signal: AbortSignal.abort() },
  );

  await expect(remote.advertisement('git-upload-pack')).rejects.toMatchObject({ code: 'aborted' });
  expect(reached).toBe(0);
});

it('a push that is refused early lets go of its connection', async () => {
  const closed = Promise.withResolvers<void>();
  const remote = await against((request, response) => {
    // This server never closes a connection itself: only the client can.
    (request.socket as Socket & { server: Server }).server.keepAliveTimeout = 0;
    request.socket.once('close', () => closed.resolve());
    response.writeHead(503, { 'Retry-After': '7' });
    response.end('busy');
  });
  const finished = new AbortController();
  async function* endless() {
    for (let sent = 0; sent < 10_000 && !finished.signal.aborted; sent++) {
      yield Buffer.alloc(64 * 1024);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const pushed = remote.push([command], endless(), advertised);

  await expect(pushed).rejects.toMatchObject({ code: 'server-error', status: 503, retryAfter: 7 });
  finished.abort();
  await closed.promise;
}, 10_000);

it('an answer that is no HTTP is a broken protocol', async () => {
  const remote = await against((request) => void request.socket.end('SSH-2.0-OpenSSH\r\n'));

  await expect(remote.advertisement('git-upload-pack')).rejects.toMatchObject({ code: 'protocol' });
});

it('a closed remote leaves no connection open', async () => {
  const sockets: Socket[] = [];
  const remote = await against((request, response) => {
    sockets.push(request.socket);
    response.end(ADVERTISEMENT);
  });
  await remote.advertisement('git-upload-pack');
  await turns();
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false]);

  remote.close();
  // Not as late as an idle one is given up.
  await turns();

  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
});

it('a push that is refused early by a server that then goes silent is given up', async () => {
  const remote = await against(
    (_request, response) => {
      response.writeHead(413, { 'Content-Length': '100' });
      response.write('too');
    },
    { indexingMs: 50 },
  );
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) yield Buffer.alloc(65_536);
  }

  await expect(remote.push([command], endless(), advertised)).rejects.toMatchObject({ status: 413 });
});

it('a push that is answered early hears it, and sends no more', async () => {
  const remote = await against((_request, response) => {
    response.end(packets(`\u0001${packets('unpack index-pack abnormal exit\n', null).toString('latin1')}`, null));
  });
  let chunks = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    for (; chunks < 100_000; chunks++) yield Buffer.alloc(65_536);
  }

  const report = await remote.push([command], endless(), advertised);

  expect(report?.unpackError).toBe('index-pack abnormal exit');
  expect(chunks).toBeLessThan(100_000);
});
