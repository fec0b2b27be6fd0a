import type { IncomingMessage, ServerResponse } from 'node:http';
import { anonymous, basic } from '../../git/credentials.ts';
import { GitError } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import { type Advertisement, readAdvertisement } from '../../git/protocol/advertisement.ts';
import { emptyPack } from '../../git/protocol/push-request.ts';
import { refFromText } from '../../git/ref.ts';
import { GitRemote, type RemoteOptions, sameRepository } from '../../git/remote.ts';
import { rawServer } from '../support/raw-server.ts';
import { against, closeRemotes, remoteOf } from '../support/remotes.ts';
import { chunksOf, collect, packets, readerOf } from '../support/stream.ts';
import { ToldTime, turns } from '../support/told-time.ts';

const time = new ToldTime();
const { random } = Math;
afterEach(async () => {
  time.end();
  Math.random = random;
  await closeRemotes();
});

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)] as [Oid, Oid];
const LIST = packets(`${A} refs/heads/main\0report-status side-band-64k\n`, null);
const advertising = (words: string): Promise<Advertisement> =>
  readAdvertisement(readerOf(packets(`${A} refs/heads/main\0${words}\n`, null)), 'git-upload-pack');
const read = (remote: GitRemote) => remote.advertisement('git-upload-pack');
const command = { ref: refFromText('refs/heads/main'), old: undefined, new: A };

/** A server that gives one answer after the other, the last one for ever, and notes the bodies that it got. */
function answers(...given: { status?: number; headers?: Record<string, string>; body?: Buffer | string }[]) {
  const bodies: string[] = [];
  const requests: IncomingMessage[] = [];
  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request);
    bodies.push(String(await collect(request as AsyncIterable<Buffer>)));
    const { status = 200, headers = {}, body = '' } = (given.length > 1 ? given.shift() : given[0]) ?? {};
    response.writeHead(status, headers);
    response.end(body);
  };
  return { bodies, requests, handler };
}
/** A remote of it, which only notes how long it should wait. */
async function patient(server: ReturnType<typeof answers>, options: Partial<RemoteOptions> = {}) {
  const pauses: number[] = [];
  const sleep = async (ms: number) => void pauses.push(ms);
  return { remote: await against(server.handler, { sleep, ...options }), pauses };
}

describe('a server that throttles', () => {
  it('is asked five times, after the pauses that it asks for', async () => {
    const server = answers({ status: 429, headers: { 'Retry-After': '7' } });
    const { remote, pauses } = await patient(server);

    await expect(read(remote)).rejects.toMatchObject({ code: 'throttled', retryAfter: 7, status: 429 });

    expect(server.bodies).toHaveLength(5);
    expect(pauses).toEqual([7000, 7000, 7000, 7000]);
  });

  it('is waited for half a minute at the most', async () => {
    const { remote, pauses } = await patient(
      answers({ status: 429, headers: { 'Retry-After': '31' } }, { body: LIST }),
    );

    await read(remote);

    expect(pauses).toEqual([30_000]);
  });

  it('is left alone longer each time where it does not say how long', async () => {
    Math.random = () => 1;
    const { remote, pauses } = await patient(answers({ status: 429 }));

    await expect(read(remote)).rejects.toMatchObject({ code: 'throttled' });

    expect(pauses).toEqual([1000, 2000, 4000, 8000]);
  });

  it('is waited for no longer than until we are told to stop, for the reason that is given', async () => {
    const reason = new GitError('timeout', 'the deadline');
    const given = new GitRemote({
      url: new URL('http://127.0.0.1:1/r'),
      authorize: anonymous,
      side: 'source',
      signal: AbortSignal.abort(reason),
    });
    const other = new GitRemote({
      url: new URL('http://127.0.0.1:1/r'),
      authorize: anonymous,
      side: 'source',
      signal: AbortSignal.abort(),
    });
    const throttled = new GitError('throttled', 'x', { retryAfter: 30 });

    await expect(given.waitAfter(throttled, 1)).rejects.toBe(reason);
    await expect(other.waitAfter(throttled, 1)).rejects.toMatchObject({
      code: 'aborted',
      message: 'source http://127.0.0.1:1/r: stopped',
    });
  });
});

describe('a list that is not understood', () => {
  it('is asked for once more after a pause', async () => {
    Math.random = () => 1;
    const { remote, pauses } = await patient(answers({ body: '<html>' }, { body: LIST }));

    expect((await read(remote)).refs.size).toBe(1);
    expect(pauses).toEqual([1000]);
  });

  it('twice is an error, and one that another try would not mend is one at once', async () => {
    const [page, missing] = [answers({ body: '<html>' }), answers({ status: 404 })];

    await expect(read((await patient(page)).remote)).rejects.toMatchObject({ code: 'protocol' });
    await expect(read((await patient(missing)).remote)).rejects.toMatchObject({ code: 'not-found' });
    expect([page.bodies.length, missing.bodies.length]).toEqual([2, 1]);
  });

  it('is asked for with the login that there is, and a new one only after a refusal', async () => {
    const fresh: boolean[] = [];
    const authorize: RemoteOptions['authorize'] = async (_url, options) => {
      fresh.push(options.fresh);
      return undefined;
    };
    const { remote } = await patient(answers({ body: '<html>' }, { status: 403 }), { authorize });
    await expect(read(remote)).rejects.toMatchObject({ code: 'unauthorized' });
    const { remote: refused } = await patient(answers({ status: 403 }, { body: LIST }), { authorize });
    await read(refused);

    expect(fresh).toEqual([false, false, false, true]);
  });
});

describe('an error', () => {
  it.each([
    ['of HTTP', { status: 404, body: 'no' }, 'HTTP 404: no'],
    ['of the protocol', { body: packets('ERR gone\n') }, 'the server said: gone'],
  ])('%s says once whose it is', async (_what, answer, said) => {
    const { remote } = await patient(answers(answer));

    await expect(read(remote)).rejects.toMatchObject({ message: `source ${remote.url.href}: ${said}` });
  });

  it('of a refusal says as whom we asked, where that is known, and no other does', async () => {
    const messageWith = async (status: number, identity: string | undefined) => {
      const { remote } = await patient(answers({ status }), { identity: () => identity });
      return read(remote).catch(({ message }: Error) => message.replace(remote.where, ''));
    };

    expect(await messageWith(403, 'arn:role')).toBe(': HTTP 403 (asked as arn:role)');
    expect(await messageWith(403, undefined)).toBe(': HTTP 403');
    expect(await messageWith(404, 'arn:role')).toBe(': HTTP 404');
  });
});

describe('whether a history holds objects', () => {
  const asking = async (body: Buffer, haves = [A, A, B]) => {
    const server = answers({ body });
    const { remote } = await patient(server);
    const advertised = await advertising('side-band-64k thin-pack ofs-delta');
    return { server, holds: remote.contains(haves, [B, B], advertised) };
  };
  const pack = (objects: number) => {
    const bytes = emptyPack('sha1');
    bytes.writeUInt32BE(objects, 8);
    return packets('NAK\n', `\u0001${bytes.toString('latin1')}`, null);
  };

  it.each([
    [0, true],
    [1, false],
    [2, false],
  ])('is told by a pack of %i objects: %s', async (objects, expected) => {
    expect(await (await asking(pack(objects))).holds).toBe(expected);
  });

  it('is asked for with each id once, and with neither thin packs nor offsets', async () => {
    const { server, holds } = await asking(pack(0));
    await holds;

    expect(server.bodies).toEqual([`0040want ${B} side-band-64k\n00000032have ${A}\n0032have ${B}\n0009done\n`]);
  });

  it('is not so where no ref reaches them, not known where the server says no more, and an error where it fails', async () => {
    expect(await (await asking(packets(`ERR upload-pack: not our ref ${B}\n`))).holds).toBe(false);
    expect(await (await asking(packets('ERR no\n'))).holds).toBeUndefined();
    await expect((await asking(Buffer.from('<html>'))).holds).rejects.toMatchObject({ code: 'protocol' });
  });
});

it('lets go of a pack that is not empty, and leaves the connection of one that is for the next request', async () => {
  const advertised = await advertising('side-band-64k');
  const connections = new Set<unknown>();
  const closed = Promise.withResolvers<void>();
  const packOf = (objects: number) => {
    const bytes = emptyPack('sha1');
    bytes.writeUInt32BE(objects, 8);
    return packets('NAK\n', `\u0001${bytes.toString('latin1')}`);
  };
  const remote = await against(async (request, response) => {
    connections.add(request.socket);
    request.socket.once('close', () => closed.resolve());
    await collect(request as AsyncIterable<Buffer>);
    // The second is without an end.
    if (connections.size === 1 && remote.traffic.requests === 1)
      response.end(Buffer.concat([packOf(0), packets(null)]));
    else response.write(packOf(1));
  });

  expect(await remote.contains([A], [B], advertised)).toBe(true);
  expect(await remote.contains([A], [B], advertised)).toBe(false);

  expect(connections.size).toBe(1);
  await closed.promise;
});

it('hears of a refusal also where it asks, and not only where it reads the list', async () => {
  const { remote } = await patient(answers({ status: 403, body: packets('NAK\n') }));

  await expect(remote.knownObjects([A], await advertising('multi_ack_detailed'))).rejects.toMatchObject({
    code: 'unauthorized',
    status: 403,
  });
});

it('asks for the commits at a depth where the server can say them, and reads its answer to the end', async () => {
  const server = answers({ body: packets(`shallow ${B}\n`, null, 'NAK\n') });
  const { remote } = await patient(server);

  expect(await remote.commitsAtDepth(A, 3, await advertising('shallow'))).toEqual([B]);
  expect(server.bodies).toEqual([`003awant ${A} shallow\n000ddeepen 3\n00000000`]);
  expect(await remote.commitsAtDepth(A, 3, await advertising(''))).toBeUndefined();
  const cut = await patient(answers({ body: packets(`shallow ${B}\n`, null) }));
  await expect(cut.remote.commitsAtDepth(A, 3, await advertising('shallow'))).rejects.toMatchObject({
    code: 'connection',
  });
});

it('asks about no objects where there are none, or nobody could answer', async () => {
  const server = answers({ body: packets('NAK\n') });
  const { remote } = await patient(server);
  const empty = await readAdvertisement(
    readerOf(packets('# service=git-upload-pack\n', null, null)),
    'git-upload-pack',
  );

  expect(await remote.knownObjects([A], await advertising(''))).toBeUndefined();
  expect(await remote.knownObjects([A], empty)).toBeUndefined();
  expect(await remote.knownObjects([], await advertising('multi_ack_detailed'))).toEqual(new Set());
  expect(server.bodies).toEqual([]);
});

it('says of what it sends, and what it expects, the kind', async () => {
  const server = answers({ body: packets('NAK\n') });
  const { remote } = await patient(server);
  await remote.knownObjects([A], await advertising('multi_ack_detailed'));

  expect(server.requests[0]?.headers).toMatchObject({
    'content-type': 'application/x-git-upload-pack-request',
    accept: 'application/x-git-upload-pack-result',
  });
});

it('takes no secret of ours out of a report of a push to people', async () => {
  const report = packets('unpack CANARY-1 failed\n', 'ng refs/heads/main CANARY-1 refused\n', null).toString('latin1');
  const server = answers({ body: packets('\u0002fatal: CANARY-1 is wrong\n', `\u0001${report}`, null) });
  const { remote } = await patient(server, { authorize: basic('user', 'CANARY-1') });

  const seen = await remote.push([command], chunksOf('PACK'), await advertising('report-status side-band-64k'));

  expect(seen).toEqual({
    unpackError: '[redacted] failed',
    results: new Map([['refs/heads/main', '[redacted] refused']]),
    fatal: 'fatal: [redacted] is wrong',
  });
  const plain = await patient(answers({ body: packets(`\u0001${report}`, null) }));
  expect(
    await plain.remote.push([command], undefined, await advertising('report-status side-band-64k')),
  ).not.toHaveProperty('fatal');
});

it.each<[string, (remote: GitRemote) => Promise<unknown>, number]>([
  ['a list is waited for a minute', read, 60],
  [
    'an answer to a push is waited for a quarter of an hour',
    async (remote) => remote.push([command], chunksOf('PACK'), await advertising('report-status')),
    900,
  ],
])('%s', async (_what, converse, seconds) => {
  const asked = Promise.withResolvers<void>();
  const remote = remoteOf(
    await rawServer((socket) => {
      socket.on('data', () => asked.resolve());
      asked.resolve();
    }),
  );
  time.begin();
  const waiting = converse(remote).catch((error: GitError) => error);
  await asked.promise;
  await turns();

  time.pass(seconds * 1000 - 1);
  expect(await Promise.race([waiting, turns()])).toBeUndefined();
  time.pass(1);

  expect(await waiting).toMatchObject({ code: 'timeout', message: `${remote.where}: nothing moved for ${seconds} s` });
});

it('two remotes are of one repository if it is the same in whatever spelling, and of the same account', () => {
  const of = (url: string, account?: string) =>
    new GitRemote({ url: new URL(url), authorize: anonymous, side: 'source', account });
  const same = (a: GitRemote, b: GitRemote) => sameRepository(a, b);

  expect(same(of('https://h.example/a'), of('https://H.example/a.git'))).toBe(true);
  expect(same(of('https://h.example/a'), of('https://h.example/b'))).toBe(false);
  expect(same(of('https://h.example/a', '1'), of('https://h.example/a', '1'))).toBe(true);
  expect(same(of('https://h.example/a', '1'), of('https://h.example/a', '2'))).toBe(false);
});
