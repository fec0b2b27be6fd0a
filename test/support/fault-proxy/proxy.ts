import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Broken, disturbed, type Edge, type Placed } from './body.ts';
import type { Act, Fault, Phase, Service } from './fault.ts';
import { bodyOf, packetsOf } from './packets.ts';
import { refuseScript } from './script.ts';

/** One request, as the proxy saw it. */
export interface Seen {
  service: Service | undefined;
  path: string;
  headers: http.IncomingHttpHeaders;
  /** The first bytes of its body. */
  body: Buffer;
  /** Whether that came to its end: a body that breaks off does not. */
  whole: boolean;
  /** The first bytes of the answer's body, as the client got them. */
  answer: Buffer;
  /** On which connection it came, from 1. */
  connection: number;
}

export type Hooks = Record<string, () => unknown>;

const BODY_BYTES_KEPT = 64 * 1024;

/** An HTTP proxy in front of a real git server that does to its conversations what a script says, each at its moment. */
export class FaultProxy {
  readonly faults: Fault[];
  readonly hooks: Hooks;
  /** Every request that came, in order. */
  readonly seen: Seen[] = [];
  /** How often each fault of the script happened, in its order. */
  readonly happened: number[];
  /** Errors of hooks and of the proxy itself, which a test must not overlook. */
  readonly defects: unknown[] = [];
  readonly #server: http.Server;
  readonly #origin: string;
  readonly #agent = new http.Agent({ keepAlive: true });
  /** Open connections, and when each ends. */
  readonly #clients = new Map<Socket, Promise<void>>();
  readonly #connections = new Map<Socket, number>();
  /** Those whose body may still come. */
  readonly #open = new Set<http.IncomingMessage>();
  /** How many requests of the kind of each fault there were. */
  readonly #counts: number[];
  #quiet: (() => void)[] = [];

  private constructor(origin: string, faults: readonly Fault[], hooks: Hooks) {
    this.#origin = origin;
    this.faults = [...faults];
    this.hooks = hooks;
    this.happened = faults.map(() => 0);
    this.#counts = faults.map(() => 0);
    this.#server = http.createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
      // Node takes it away from a request whose connection has broken.
      const { socket } = request;
      this.#open.add(request);
      request.once('close', () => this.#open.delete(request));
      this.#serve(request, response, socket).catch((error: unknown) => {
        if (!(error instanceof Broken) && !isOfNetwork(error)) this.defects.push(error);
        socket.destroy();
      });
    });
    this.#server.on('checkContinue', (request, response) => this.#server.emit('request', request, response));
    this.#server.on('connection', (socket: Socket) => {
      this.#connections.set(socket, this.#connections.size + 1);
      socket.on('error', () => {});
      const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      this.#clients.set(socket, gone);
      void gone.then(() => {
        this.#clients.delete(socket);
        if (this.#clients.size === 0) for (const resolve of this.#quiet.splice(0)) resolve();
      });
    });
  }

  static async start(origin: string, faults: readonly Fault[] = [], hooks: Hooks = {}): Promise<FaultProxy> {
    refuseScript(faults, new Set(Object.keys(hooks)));
    const proxy = new FaultProxy(origin, faults, hooks);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * Waits until no client is connected: a run that ended must leave none, whatever became of it. The kernel tells that a client has gone
   * only behind what it has sent, so what a stalled request left unread is read away now.
   */
  async noClients(): Promise<void> {
    for (const request of this.#open) request.removeAllListeners('readable').resume();
    if (this.#clients.size > 0) await new Promise<void>((resolve) => this.#quiet.push(resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse, socket: Socket): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const service = /(?:info\/refs|git-upload-pack|git-receive-pack)$/.exec(path)?.[0] as Service | undefined;
    const of = /service=(git-(?:upload|receive)-pack)$/.exec(query)?.[1];
    const seen: Seen = {
      service,
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.alloc(0),
      whole: false,
      answer: Buffer.alloc(0),
      connection: this.#connections.get(socket) ?? 0,
    };
    this.seen.push(seen);
    const active = this.#active(path, service, of);
    const at = (phase: Phase) => active.filter(({ fault }) => (fault.phase ?? 'start') === phase);
    const placed = (phase: Phase): Placed[] =>
      at(phase).map(({ fault, happened }) => ({ at: fault.at ?? { byte: 0 }, act: fault.act, happened }));

    const gone = this.#clients.get(socket) ?? Promise.resolve();
    const isGone = () => socket.destroyed;
    let upstream: http.ClientRequest | undefined;
    const edge: Edge = {
      gone,
      hook: (name) => this.#hook(name),
      break: (how) => {
        // To one that has ended already there is nothing to reset: Node then never says "close" (24, lib/net.js, `_destroy`).
        if (how === 'reset' && !socket.readableEnded) socket.resetAndDestroy();
        else if (how === 'reset') socket.destroy();
        else socket.destroySoon();
        upstream?.destroy();
      },
    };
    /** Runs what is due at a phase of the whole; true if that was the end. */
    const pass = async (phase: Phase): Promise<boolean> => {
      for (const { fault, happened } of at(phase)) {
        happened();
        if (await this.#act(phase, fault.act, request, response, edge)) return true;
        if (isGone()) throw new Broken();
      }
      return false;
    };

    // An answer of ours needs no body, but the connection is not to be reused with the rest of one in it.
    if (await pass('start')) return;
    let sent: AsyncIterable<Buffer> = disturbed(kept(request, seen), placed('request'), edge);
    const headers = { ...request.headers };
    if (headers['content-length'] !== undefined && at('request').length > 0) {
      // Its length may be another by then.
      const all = await whole(sent);
      headers['content-length'] = String(all.length);
      sent = only(all);
    }
    upstream = http.request(`${this.#origin}${request.url}`, { method: request.method, headers, agent: this.#agent });
    const asked = upstream;
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve);
      asked.once('error', reject);
      asked.once('close', () => reject(new Broken()));
    });
    answered.catch(() => {});
    void gone.then(() => asked.destroy());
    const buffers = at('start').some(({ fault }) => fault.act.do === 'buffer');
    const sending = this.#send(sent, asked, buffers);
    sending.catch(() => {});
    await Promise.race([sending, answered]);
    if (await pass('asked')) {
      // The server goes on as if it were heard.
      void answered.then((unheard) => unheard.resume()).catch(() => {});
      return;
    }
    const answer = await answered;
    if (await pass('head')) {
      answer.resume();
      return;
    }
    const heads = at('head').map(({ fault }) => fault.act);
    let body: AsyncIterable<Buffer> = answer;
    for (const act of heads) {
      if (act.do !== 'answer' || act.body === undefined) continue;
      answer.resume();
      body = only(Buffer.from(act.body, 'latin1'));
    }
    const rewrites = placed('answer').filter(({ act }) => act.do === 'rewrite');
    if (at('whole').length > 0 || rewrites.length > 0) {
      let all = await whole(body);
      for (const { act, happened } of rewrites) {
        if (act.do !== 'rewrite') continue;
        happened();
        all = bodyOf(act.packets(packetsOf(all)));
      }
      body = only(all);
      if (await pass('whole')) return;
    }
    const head = headOf(answer, heads, active);
    response.writeHead(head.status, head.headers);
    const shown = disturbed(
      body,
      placed('answer').filter(({ act }) => act.do !== 'rewrite'),
      edge,
    );
    for await (const chunk of shown) {
      if (isGone()) throw new Broken();
      if (seen.answer.length < BODY_BYTES_KEPT)
        seen.answer = Buffer.concat([seen.answer, chunk.subarray(0, BODY_BYTES_KEPT - seen.answer.length)]);
      if (!response.write(chunk)) await Promise.race([new Promise((resolve) => response.once('drain', resolve)), gone]);
    }
    if (await pass('end')) return;
    await new Promise<void>((resolve) => response.write('', () => resolve()));
    response.end();
    await Promise.race([sending, gone]).catch(() => {});
  }

  /** The faults that this request meets, each once. */
  #active(path: string, service: Service | undefined, of: string | undefined) {
    return this.faults.flatMap((fault, index) => {
      if (fault.service !== undefined && fault.service !== service) return [];
      if (fault.of !== undefined && fault.of !== of) return [];
      if (fault.path !== undefined && !path.endsWith(fault.path)) return [];
      const count = (this.#counts[index] ?? 0) + 1;
      this.#counts[index] = count;
      const { nth = 1, times = Number.POSITIVE_INFINITY } = fault;
      if (count < nth || count >= nth + times) return [];
      const happened = () => {
        this.happened[index] = (this.happened[index] ?? 0) + 1;
      };
      return [{ fault, happened }];
    });
  }

  async #act(
    phase: Phase,
    act: Act,
    request: http.IncomingMessage,
    response: http.ServerResponse,
    edge: Edge,
  ): Promise<boolean> {
    switch (act.do) {
      case 'delay':
        await Promise.race([pause(act.ms), edge.gone]);
        return false;
      case 'stall':
        await edge.gone;
        throw new Broken();
      case 'reset':
      case 'close':
        edge.break(act.do);
        throw new Broken();
      case 'hook':
        await edge.hook(act.name);
        return false;
      case 'raw':
        await new Promise((resolve) => request.socket?.write(Buffer.from(act.text, 'latin1'), resolve));
        edge.break('close');
        return true;
      case 'interim':
        await new Promise<void>((resolve) =>
          act.status === 100
            ? response.writeContinue(resolve)
            : response.writeEarlyHints({ link: '</style.css>; rel=preload' }, resolve),
        );
        return false;
      case 'echo': {
        const header = request.headers.authorization ?? '';
        const decoded = Buffer.from(header.replace('Basic ', ''), 'base64').toString();
        answerNow(request, response, act.status, {}, `denied for ${header} (${decoded})`);
        return true;
      }
      case 'answer':
        if (phase === 'head') return false;
        answerNow(request, response, act.status ?? 200, act.headers ?? {}, act.body ?? '');
        return true;
      case 'buffer':
        return false;
      default:
        throw new Error(`"${act.do}" cannot happen at "${phase}"`);
    }
  }

  async #hook(name: string): Promise<void> {
    const hook = this.hooks[name];
    if (hook === undefined) throw new Error(`there is no hook "${name}"`);
    try {
      await hook();
    } catch (error) {
      this.defects.push(error);
    }
  }

  async #send(chunks: AsyncIterable<Buffer>, upstream: http.ClientRequest, buffers: boolean): Promise<void> {
    const closed = new Promise<void>((resolve) => upstream.once('close', resolve));
    try {
      const parts = buffers ? [await whole(chunks)] : chunks;
      for await (const chunk of parts) {
        if (upstream.destroyed) return;
        if (chunk.length > 0 && !upstream.write(chunk))
          await Promise.race([new Promise<void>((resolve) => upstream.once('drain', resolve)), closed]);
      }
      await Promise.race([new Promise<void>((resolve) => upstream.end(resolve)), closed]);
    } catch (error) {
      // A client that went away, or a break that the script asked for: the server must not take the body for whole.
      upstream.destroy();
      throw error;
    }
  }
}

/** Answers without the server. What the client still sends is read away, up to its end. */
function answerNow(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  response.writeHead(status, headers);
  response.end(Buffer.from(body, 'latin1'));
  request.resume();
}

function headOf(answer: http.IncomingMessage, heads: readonly Act[], active: readonly { fault: Fault }[]) {
  const headers = { ...answer.headers };
  // A body that is disturbed has another length.
  if (active.length > 0) {
    delete headers['content-length'];
    delete headers['transfer-encoding'];
  }
  let status = answer.statusCode ?? 0;
  for (const act of heads) {
    if (act.do !== 'answer') continue;
    status = act.status ?? status;
    for (const [name, value] of Object.entries(act.headers ?? {})) headers[name.toLowerCase()] = value;
  }
  return { status, headers };
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** A connection that broke, on either side: what the script asked for, or what it led to. */
const isOfNetwork = (error: unknown): boolean => typeof (error as { code?: unknown }).code === 'string';

async function* kept(request: http.IncomingMessage, seen: Seen): AsyncGenerator<Buffer> {
  request.once('end', () => {
    seen.whole = true;
  });
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (seen.body.length < BODY_BYTES_KEPT)
        seen.body = Buffer.concat([seen.body, chunk.subarray(0, BODY_BYTES_KEPT - seen.body.length)]);
      yield chunk;
    }
  } finally {
    // A body that is cut for the server is read to its end all the same: the client is not to notice.
    request.resume();
  }
}
