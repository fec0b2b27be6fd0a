import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import type { Act, Fault } from '../support/fault-proxy/fault.ts';
import { bodyOf, type Packet, packetsOf } from '../support/fault-proxy/packets.ts';
import { FaultProxy, type Hooks } from '../support/fault-proxy/proxy.ts';
import { collect } from '../support/stream.ts';

const BODY = `${bodyOf(['one', 'two', 'three'].map((text) => Buffer.from(text)))}0000`;
const LIST = '/r/info/refs?service=git-upload-pack';

/** What the real server saw of each request: its body, or undefined if that broke off. */
let heard: { url: string | undefined; headers: http.IncomingHttpHeaders; body: string | undefined }[];
let server: LocalServer;
const proxies: FaultProxy[] = [];
beforeEach(async () => {
  heard = [];
  server = await listen(async (request, response) => {
    const one: (typeof heard)[number] = { url: request.url, headers: request.headers, body: undefined };
    heard.push(one);
    one.body = (await collect(request)).toString('latin1');
    response.writeHead(200, { 'X-Real': 'yes', 'Content-Length': BODY.length });
    response.end(BODY);
  }, 0);
});
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
  await server.close();
});

async function proxyWith(faults: Fault[], hooks: Hooks = {}): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(server.origin, faults, hooks);
  proxies.push(proxy);
  return proxy;
}

interface Answer {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** How the connection broke, if it did. */
  broke: string | undefined;
}

/** One request as a client sees it through. */
async function ask(
  proxy: FaultProxy,
  path = LIST,
  body?: string,
  headers: http.OutgoingHttpHeaders = {},
): Promise<Answer> {
  const answer: Answer = { status: undefined, headers: {}, body: '', broke: undefined };
  const request = http.request(`${proxy.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    agent: false,
    headers,
  });
  // What breaks shows in what is awaited.
  request.on('error', () => {});
  try {
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    Object.assign(answer, { status: response.statusCode, headers: response.headers });
    for await (const chunk of response) answer.body += (chunk as Buffer).toString('latin1');
  } catch (error) {
    answer.broke = (error as NodeJS.ErrnoException).code;
  }
  return answer;
}

/** Every byte that comes back, as no HTTP library would show it. */
async function askRaw(proxy: FaultProxy): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(`GET ${LIST} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
  return (await collect(socket)).toString('latin1');
}

it('without faults, a conversation passes as it is', async () => {
  const proxy = await proxyWith([]);

  const answer = await ask(proxy, '/r/git-upload-pack', 'question', { 'Content-Length': 8, Authorization: 'Basic x' });

  expect(answer).toMatchObject({ status: 200, body: BODY, broke: undefined });
  expect(answer.headers).toMatchObject({ 'x-real': 'yes', 'content-length': String(BODY.length) });
  expect(heard).toMatchObject([{ body: 'question', headers: { authorization: 'Basic x', 'content-length': '8' } }]);
  expect(proxy.seen).toMatchObject([{ service: 'git-upload-pack', whole: true, connection: 1 }]);
  expect(proxy.seen[0]?.body.toString()).toBe('question');
});

it.each<[string, Partial<Fault>, number[]]>([
  ['every request', {}, [1, 2, 3, 4, 5, 6]],
  ['a request by its number', { nth: 3, times: 1 }, [3]],
  ['so many from one on', { nth: 2, times: 2 }, [2, 3]],
  ['lists', { service: 'info/refs' }, [1, 2, 5, 6]],
  ['the second list', { service: 'info/refs', nth: 2, times: 1 }, [2]],
  ['the second list of receive-pack', { service: 'info/refs', of: 'git-receive-pack', nth: 2, times: 1 }, [6]],
  ['the first pack', { service: 'git-upload-pack', times: 1 }, [3]],
  ['pushes', { service: 'git-receive-pack' }, [4]],
  ['what a path ends with', { path: 'pack' }, [3, 4]],
])('a fault happens to %s, and to no other', async (_what, which, expected) => {
  const proxy = await proxyWith([{ ...which, act: { do: 'answer', status: 418 } }]);
  const push = LIST.replace('upload', 'receive');

  const refused: number[] = [];
  for (const [n, path] of [LIST, push, '/r/git-upload-pack', '/r/git-receive-pack', LIST, push].entries())
    if ((await ask(proxy, path)).status === 418) refused.push(n + 1);

  expect(refused).toEqual(expected);
  expect(proxy.happened).toEqual([expected.length]);
});

describe('in the body of an answer', () => {
  it.each<[string, Act, Fault['at'], string]>([
    ['cut', { do: 'cut' }, { byte: 10 }, BODY.slice(0, 10)],
    ['replace', { do: 'replace', bytes: 3, text: 'no' }, { byte: 4 }, `${BODY.slice(0, 4)}no${BODY.slice(7)}`],
    ['replace by nothing', { do: 'replace', bytes: 7 }, { byte: 0 }, BODY.slice(7)],
    [
      'replace nothing: insert',
      { do: 'replace', text: '\xff' },
      { byte: 7 },
      `${BODY.slice(0, 7)}\xff${BODY.slice(7)}`,
    ],
    ['flip', { do: 'flip', mask: 1 }, { byte: 4 }, `${BODY.slice(0, 4)}n${BODY.slice(5)}`],
    ['drip', { do: 'drip', bytes: 2, ms: 1 }, { byte: 5 }, BODY],
    ['delay', { do: 'delay', ms: 1 }, { byte: 5 }, BODY],
    ['cut, at a packet', { do: 'cut' }, { packet: 2 }, BODY.slice(0, 14)],
    [
      'replace, at a packet',
      { do: 'replace', bytes: 4, text: '0000' },
      { packet: 1 },
      `${BODY.slice(0, 7)}0000${BODY.slice(11)}`,
    ],
  ])('%s shows the client just that, well formed', async (_what, act, at, expected) => {
    const proxy = await proxyWith([{ phase: 'answer', ...(at && { at }), act }]);

    expect(await ask(proxy)).toMatchObject({ status: 200, body: expected, broke: undefined });
    expect(proxy.happened).toEqual([1]);
    expect(proxy.defects).toEqual([]);
  });

  it('several faults happen in the order of their places', async () => {
    const cut: Fault = { phase: 'answer', at: { packet: 2 }, act: { do: 'cut' } };
    const insert: Fault = { phase: 'answer', at: { byte: 2 }, act: { do: 'replace', text: '!' } };

    expect((await ask(await proxyWith([cut, insert]))).body).toBe(`${BODY.slice(0, 2)}!${BODY.slice(2, 14)}`);
  });

  it.each(['reset', 'close'] as const)('%s breaks the connection after the bytes before', async (how) => {
    const proxy = await proxyWith([{ phase: 'answer', at: { byte: 10 }, act: { do: how } }]);

    const answer = await ask(proxy);

    expect(answer.broke).toBe('ECONNRESET');
    if (how === 'close') expect(answer.body).toBe(BODY.slice(0, 10));
  });

  it('stall leaves it open until the client goes away', async () => {
    const proxy = await proxyWith([{ phase: 'answer', at: { byte: 10 }, act: { do: 'stall' } }]);
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write(`GET ${LIST} HTTP/1.1\r\nHost: h\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) {
      text += chunk;
      // Leaving the loop closes the connection.
      if (text.includes(BODY.slice(0, 10))) break;
    }

    await proxy.noClients();
    expect(text).not.toContain(BODY.slice(0, 11));
  });

  it('rewrite gives other packets', async () => {
    const packets = (all: Packet[]) => [...all.slice(1), 'flush' as const];
    const proxy = await proxyWith([{ phase: 'answer', act: { do: 'rewrite', packets } }]);

    expect((await ask(proxy)).body).toBe(`${BODY.slice(7)}0000`);
    expect(proxy.happened).toEqual([1]);
  });

  it('a place that the body never reaches is none, and nothing happens', async () => {
    const proxy = await proxyWith([{ phase: 'answer', at: { byte: 1000 }, act: { do: 'reset' } }]);

    expect((await ask(proxy)).body).toBe(BODY);
    expect(proxy.happened).toEqual([0]);
  });
});

describe('in the body of a request', () => {
  it.each<[string, Act, string | undefined]>([
    ['cut', { do: 'cut' }, 'ques'],
    ['replace', { do: 'replace', bytes: 1, text: 'TTT' }, 'quesTTTion'],
    ['flip', { do: 'flip', mask: 0x20 }, 'quesTion'],
    ['drip', { do: 'drip', bytes: 1, ms: 1 }, 'question'],
    ['reset', { do: 'reset' }, undefined],
    ['close', { do: 'close' }, undefined],
  ])('%s shows the server just that, with a length or without', async (_what, act, expected) => {
    for (const headers of [{ 'Content-Length': 8 }, { 'Transfer-Encoding': 'chunked' }]) {
      const proxy = await proxyWith([{ phase: 'request', at: { byte: 4 }, act }]);

      const answer = await ask(proxy, '/r/git-receive-pack', 'question', headers);

      expect(proxy.happened).toEqual([1]);
      expect(answer.broke).toBe(expected === undefined ? 'ECONNRESET' : undefined);
      if (expected !== undefined) expect(heard.at(-1)?.body).toBe(expected);
      // A body that broke is whole for nobody.
      else expect(heard.every(({ body }) => body === undefined)).toBe(true);
    }
  });

  it('a client whose body is cut for the server sends it all the same, and is answered', async () => {
    const proxy = await proxyWith([{ phase: 'request', at: { byte: 4 }, act: { do: 'cut' } }]);

    const answer = await ask(proxy, '/r/git-receive-pack', 'x'.repeat(2_000_000), { 'Transfer-Encoding': 'chunked' });

    expect(answer).toMatchObject({ status: 200, body: BODY, broke: undefined });
  });
});

describe('at a moment', () => {
  it.each(['start', 'asked', 'head', 'whole', 'end'] as const)(
    'a hook at %s happens then, and all goes on',
    async (phase) => {
      const proxy = await proxyWith([{ phase, act: { do: 'hook', name: 'look' } }], {
        look: async () => {
          expect(heard.length).toBeLessThanOrEqual(phase === 'start' ? 0 : 1);
          // The request is on its way to the server, whatever the client has heard.
          while (phase !== 'start' && heard[0]?.body === undefined)
            await new Promise((resolve) => setImmediate(resolve));
        },
      });

      expect(await ask(proxy, '/r/git-upload-pack', 'question')).toMatchObject({
        status: 200,
        body: BODY,
        broke: undefined,
      });
      expect(proxy.happened).toEqual([1]);
      expect(proxy.defects).toEqual([]);
    },
  );

  it.each(['start', 'asked', 'head', 'whole', 'end'] as const)('reset and close at %s end it there', async (phase) => {
    for (const how of ['reset', 'close'] as const) {
      const answer = await ask(await proxyWith([{ phase, act: { do: how } }]));

      expect(answer.broke).toBe('ECONNRESET');
      expect(answer.status).toBe(how === 'close' && phase === 'end' ? 200 : answer.status);
      if (phase !== 'end') expect(answer.body).toBe('');
    }
    expect(heard.length).toBeLessThanOrEqual(phase === 'start' ? 0 : 2);
  });

  it('a delay only takes time, and a hook that fails is a defect that the proxy keeps', async () => {
    const failing = { act: { do: 'hook', name: 'fail' } } as const;
    const proxy = await proxyWith([{ act: { do: 'delay', ms: 1 } }, failing], {
      fail: () => {
        throw new Error('oh');
      },
    });

    expect((await ask(proxy)).body).toBe(BODY);
    expect(proxy.defects).toMatchObject([{ message: 'oh' }]);
  });

  it.each(['start', 'asked', 'whole'] as const)('an answer at %s takes the place of the server’s', async (phase) => {
    const act: Act = { do: 'answer', status: 429, headers: { 'Retry-After': '2' }, body: 'slow \xff' };

    const answer = await ask(await proxyWith([{ phase, act }]));

    expect(answer).toMatchObject({ status: 429, body: 'slow \xff', headers: { 'retry-after': '2' } });
    expect(answer.headers).not.toHaveProperty('x-real');
  });

  it('an answer at head changes what it names, and nothing else', async () => {
    const headers = { 'Content-Encoding': 'gzip' };

    const headed = await ask(await proxyWith([{ phase: 'head', act: { do: 'answer', headers } }]));
    const other = await ask(await proxyWith([{ phase: 'head', act: { do: 'answer', status: 203, body: 'other' } }]));

    expect(headed).toMatchObject({ status: 200, body: BODY, headers: { 'x-real': 'yes', 'content-encoding': 'gzip' } });
    expect(other).toMatchObject({ status: 203, body: 'other', headers: { 'x-real': 'yes' } });
  });

  it('raw bytes are all that comes', async () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\xff';

    expect(await askRaw(await proxyWith([{ act: { do: 'raw', text } }]))).toBe(text);
    expect(heard).toEqual([]);
  });

  it.each([100, 103] as const)('an interim answer %i comes before the other', async (status) => {
    const text = await askRaw(await proxyWith([{ act: { do: 'interim', status } }]));

    expect(
      text
        .split('\r\n')
        .filter((line) => line.startsWith('HTTP/1.1 '))
        .map((line) => Number(line.split(' ')[1])),
    ).toEqual([status, 200]);
  });

  it('an echo shows the login in each form', async () => {
    const login = Buffer.from('user:pass').toString('base64');
    const proxy = await proxyWith([{ act: { do: 'echo', status: 403 } }]);

    const answer = await ask(proxy, LIST, undefined, { Authorization: `Basic ${login}` });

    expect(answer).toMatchObject({ status: 403, body: `denied for Basic ${login} (user:pass)` });
  });

  it('buffering asks the server only when the whole request is there', async () => {
    const proxy = await proxyWith([{ act: { do: 'buffer' } }]);
    const request = http.request(`${proxy.origin}/r/git-receive-pack`, { method: 'POST', agent: false });
    request.write('first');
    while (proxy.seen[0]?.body.toString() !== 'first') await new Promise((resolve) => setImmediate(resolve));
    const before = heard.length;
    request.end(' second');
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();

    expect(before).toBe(0);
    expect(heard).toMatchObject([{ body: 'first second' }]);
  });
});

it.each<[string, object]>([
  ['there is no hook "gone"', { act: { do: 'hook', name: 'gone' } }],
  ['there is no act "explode"', { act: { do: 'explode' } }],
  ['"cut" happens at request, answer, not at "start"', { act: { do: 'cut' } }],
  ['"flip" happens at', { phase: 'end', act: { do: 'flip', mask: 1 } }],
  ['"drip" happens at', { phase: 'whole', act: { do: 'drip', bytes: 1, ms: 1 } }],
  ['"replace" happens at', { act: { do: 'replace', text: 'x' } }],
  ['"rewrite" happens at', { phase: 'whole', act: { do: 'rewrite', packets: (all: Packet[]) => all } }],
  ['"buffer" happens at', { phase: 'head', act: { do: 'buffer' } }],
  ['"answer" happens at', { phase: 'end', act: { do: 'answer', status: 500 } }],
  ['"raw" happens at', { phase: 'answer', act: { do: 'raw', text: '' } }],
  ['"interim" happens at', { phase: 'end', act: { do: 'interim', status: 100 } }],
  ['"echo" happens at', { phase: 'request', act: { do: 'echo', status: 403 } }],
  ['there is no phase "later"', { phase: 'later' as never, act: { do: 'reset' } }],
  ['there is no service "git-archive"', { service: 'git-archive' as never, act: { do: 'reset' } }],
  ['"of" is for "info/refs" alone', { of: 'git-upload-pack', act: { do: 'reset' } }],
  ['it has a place, but not in a body', { at: { byte: 3 }, act: { do: 'reset' } }],
  ['its place counts from 0', { phase: 'answer', at: { byte: -1 }, act: { do: 'reset' } }],
  ['its place counts from 0', { phase: 'answer', at: { packet: 0.5 }, act: { do: 'reset' } }],
  ['count from 1', { nth: 0, act: { do: 'reset' } }],
  ['count from 1', { times: 0, act: { do: 'reset' } }],
  ['this mask changes no byte', { phase: 'answer', act: { do: 'flip', mask: 256 } }],
  ['come to no end', { phase: 'answer', act: { do: 'drip', bytes: 0, ms: 1 } }],
  ['replaces nothing by nothing', { phase: 'answer', act: { do: 'replace', bytes: 0 } }],
  ['this answer changes nothing', { act: { do: 'answer' } }],
  ['is no status of an answer', { act: { do: 'answer', status: 42 } }],
  ['is no interim status', { act: { do: 'interim', status: 102 } }],
])('a script of which %s is refused before anything runs', async (why, fault) => {
  await expect(FaultProxy.start(server.origin, [{ act: { do: 'stall' } }, fault as Fault])).rejects.toThrow(
    expect.objectContaining({ message: expect.stringContaining(`fault 1 cannot be carried out: `) }),
  );
  await expect(FaultProxy.start(server.origin, [fault as Fault])).rejects.toThrow(why);
});

it('what is no framing cannot be rewritten, and the proxy says so', async () => {
  const proxy = await proxyWith([
    { phase: 'head', act: { do: 'answer', body: 'zzzz' } },
    { phase: 'answer', act: { do: 'rewrite', packets: (all) => all } },
  ]);

  expect((await ask(proxy)).broke).toBe('ECONNRESET');
  expect(proxy.defects).toMatchObject([{ message: 'no packet at byte 0 of 4: "zzzz"' }]);
});

it('packets and their bytes are each other’s inverse', () => {
  const packets: Packet[] = [Buffer.from('a'), 'flush', Buffer.alloc(0), Buffer.alloc(65_000, 'x')];

  expect(packetsOf(bodyOf(packets))).toEqual(packets);
  expect(() => packetsOf(Buffer.from('0007ab'))).toThrow('no packet at byte 0');
});
