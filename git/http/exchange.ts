import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { asGitError, GitError } from '../errors.ts';

/** One HTTP request of ours. */
export interface ExchangeOptions {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  /** A whole body, sent with its Content-Length. A POST without one is chunked: see {@link Exchange.write}. */
  body?: Buffer;
  agent: http.Agent;
  /** How long nothing may move while we wait for the other side. */
  idleMs: number;
  signal: AbortSignal | undefined;
  /** What the conversation is, for error messages. */
  where: string;
  /** Counted up as bodies pass, both ways. */
  traffic: Traffic;
}

/** What may follow an answer that has ended: the last packets of a report, the end of the chunks. */
const LEFTOVER_BYTES_MAX = 64 * 1024;
const LEFTOVER_MS_MAX = 1000;

/** Requests sent, and bytes of their bodies. */
export interface Traffic {
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

/**
 * One request and its response, both streaming, at once. Whatever goes wrong surfaces as a GitError from `write`, `response`
 * or `body`, and the connection is gone then.
 */
export class Exchange {
  readonly response: Promise<http.IncomingMessage>;
  readonly #request: http.ClientRequest;
  readonly #options: ExchangeOptions;
  readonly #refused = new AbortController();
  readonly #idle: NodeJS.Timeout;
  #failure: GitError | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;
  #writeBlocked = false;
  #readPending = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    options.traffic.requests += 1;
    const length = options.body === undefined ? {} : { 'Content-Length': String(options.body.length) };
    this.#request = (options.url.protocol === 'https:' ? https : http).request(options.url, {
      method: options.method,
      agent: options.agent,
      headers: { ...options.headers, ...length },
    });
    // From the start: an error can come in the same turn as the response, before anybody awaits it.
    this.#request.on('error', (error) => {
      this.#failure ??= asGitError(error, options.where);
    });
    this.#idle = setTimeout(() => this.#onIdle(), options.idleMs);
    this.response = this.#awaitResponse();
    // Whoever writes learns of a failure from `write`; the same failure here must not count as unhandled.
    this.response.catch(() => {});

    const { signal } = options;
    const abort = () => this.destroy(abortReason(signal, options.where));
    signal?.addEventListener('abort', abort, { once: true });
    this.#request.once('close', () => {
      signal?.removeEventListener('abort', abort);
      clearTimeout(this.#idle);
      // A server that answered and went away never drains what is still to be written: whoever waits for that must hear of it.
      this.#failure ??= this.#request.writableFinished
        ? undefined
        : new GitError('connection', `${options.where}: the connection was closed before everything was sent`);
      if (this.#failure) this.#refused.abort(this.#failure);
    });
    if (signal?.aborted) abort();
    else if (options.method === 'GET' || options.body !== undefined) {
      this.#options.traffic.bytesSent += options.body?.length ?? 0;
      this.#request.end(options.body);
    }
  }

  /** True if the server answered with an error before the body was whole; `response` tells which. */
  get refusedEarly(): boolean {
    return this.#refused.signal.aborted && this.#failure === undefined;
  }

  /** Writes a part of a chunked body, and waits while the other side is not ready for more. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#refused.signal.aborted) throw this.#refused.signal.reason;
    this.#options.traffic.bytesSent += chunk.length;
    if (this.#request.write(chunk)) return;
    this.#writeBlocked = true;
    this.#idle.refresh();
    try {
      await once(this.#request, 'drain', { signal: this.#refused.signal });
    } catch (error) {
      if (this.#refused.signal.aborted) throw this.#refused.signal.reason;
      throw this.#failure ?? asGitError(error, this.#options.where);
    } finally {
      this.#writeBlocked = false;
    }
  }

  /** The other side has said all it wants to say: whoever waits to write hears of it. */
  stopWriting(): void {
    this.#refused.abort(new GitError('aborted', `${this.#options.where}: answered before the end of the request`));
  }

  /** Ends a chunked body: says to the other side that it is whole. */
  end(): void {
    this.#request.end();
    this.#idle.refresh();
  }

  /** Breaks the connection. A chunked body then has no end, and no server takes it for whole. */
  destroy(error: GitError): void {
    this.#failure ??= error;
    // Without the error: a connection that has been given back already has nobody who listens for one.
    this.#request.destroy();
  }

  /** The response's body. Leaving the loop early closes the connection. */
  async *body(): AsyncGenerator<Buffer> {
    const response = await this.response;
    this.#chunks ??= response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const chunks = this.#chunks;
    let ended = false;
    try {
      for (;;) {
        const { value, done } = await this.#reading(chunks.next());
        if (done) break;
        this.#options.traffic.bytesReceived += value.length;
        yield value;
      }
      ended = true;
      // A body shorter than its Content-Length, or without its last chunk: Node 24 throws, its documentation promises no more than this.
      if (!response.complete) throw new GitError('connection', `${this.#options.where}: the answer was cut`);
    } catch (error) {
      throw this.#failure ?? asGitError(error, this.#options.where);
    } finally {
      if (!ended) response.destroy();
    }
  }

  /**
   * Gives the connection back for the next request once the answer has said all that it should: reads the end of the body, and
   * breaks the connection of a server that goes on, or that does not come to its end soon.
   */
  async release(): Promise<void> {
    const chunks = this.#chunks;
    if (chunks === undefined) return;
    const impatience = setTimeout(() => this.#request.destroy(), LEFTOVER_MS_MAX);
    try {
      for (let bytes = 0; bytes <= LEFTOVER_BYTES_MAX; ) {
        const { value, done } = await chunks.next();
        if (done) return;
        bytes += value.length;
      }
      this.#request.destroy();
    } catch {
      // The answer is in hand: a connection that ends badly now only serves no other request.
    } finally {
      clearTimeout(impatience);
    }
  }

  async #awaitResponse(): Promise<http.IncomingMessage> {
    try {
      const [response] = (await this.#reading(once(this.#request, 'response'))) as [http.IncomingMessage];
      const { statusCode = 0 } = response;
      if (statusCode !== 200 && !this.#request.writableEnded) {
        this.#refused.abort(new GitError('server-error', `${this.#options.where}: HTTP ${statusCode} before the end`));
      }
      return response;
    } catch (error) {
      this.#failure ??= asGitError(error, this.#options.where);
      throw this.#failure;
    }
  }

  async #reading<T>(next: Promise<T>): Promise<T> {
    this.#readPending = true;
    this.#idle.refresh();
    try {
      return await next;
    } finally {
      this.#readPending = false;
    }
  }

  /** Silence counts only while we wait: not while our own reader or writer pauses, nor for an answer before we have ended. */
  #onIdle(): void {
    const answering = this.#request.writableEnded || this.#refused.signal.aborted;
    if (!this.#writeBlocked && !(this.#readPending && answering)) {
      this.#idle.refresh();
      return;
    }
    const { idleMs, where } = this.#options;
    this.destroy(new GitError('timeout', `${where}: nothing moved for ${idleMs / 1000} s`));
  }
}

function abortReason(signal: AbortSignal | undefined, where: string): GitError {
  if (signal?.reason instanceof GitError) return signal.reason;
  return new GitError('aborted', `${where}: stopped`, { cause: signal?.reason });
}
