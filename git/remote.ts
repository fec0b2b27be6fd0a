import http from 'node:http';
import https from 'node:https';
import { type Authorize, refusePlaintext } from './credentials.ts';
import { GitError } from './errors.ts';
import { Exchange, type Traffic } from './http/exchange.ts';
import { expectOk } from './http/status.ts';
import type { Oid } from './oid.ts';
import { PktLineReader } from './pkt-line/reader.ts';
import { type Advertisement, readAdvertisement, type Service } from './protocol/advertisement.ts';
import { type PushReport, readPushReport } from './protocol/push-report.ts';
import { encodePushCommands, type PushCommand } from './protocol/push-request.ts';
import { readAcknowledgements, readUploadAnswer, type UploadAnswer } from './protocol/upload-answer.ts';
import { encodeUploadRequest, type UploadRequest } from './protocol/upload-request.ts';
import { redact, secretsOf } from './redact.ts';

/** Objects to ask about in one request. */
const HAVES_PER_REQUEST = 1000;

export interface RemoteOptions {
  /** The repository's URL, http or https, without user name or password. */
  url: URL;
  authorize: Authorize;
  /** Which side this is, for messages: "source", "destination". */
  side: string;
  /** How long nothing may move while we wait. Default 60 s. */
  idleMs?: number;
  /** The same for the answer to a push: a server is silent while it indexes. Default 15 minutes. */
  indexingMs?: number;
  signal?: AbortSignal | undefined;
  /** Text of the server for people: "Counting objects: …". */
  onProgress?: (text: string) => void;
}

/** A pack on its way. */
export interface OpenPack extends UploadAnswer {
  /** Breaks the connection, for a pack that is not read to its end. */
  cancel: () => void;
}

/** One git repository behind smart HTTP, protocol v0: every conversation that we have with it. */
export class GitRemote {
  readonly url: URL;
  readonly side: string;
  readonly traffic: Traffic = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #options: RemoteOptions;
  readonly #agent: http.Agent;
  /** Everything secret that was sent, so that no text of the server can show it. */
  readonly #secrets = new Set<string>();

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.url = options.url;
    this.side = options.side;
    // An idle connection is given up before common servers give it up (Apache: 5 s), so that none dies under a request.
    this.#agent = new (options.url.protocol === 'https:' ? https.Agent : http.Agent)({
      keepAlive: true,
      timeout: 4000,
    });
  }

  get where(): string {
    return `${this.side} ${this.url.origin}${this.url.pathname}`;
  }

  /** All refs, read afresh. */
  async advertisement(service: Service): Promise<Advertisement> {
    try {
      return await this.#advertisement(service, false);
    } catch (error) {
      // Once more with new credentials: the old may just have expired.
      if (!(error instanceof GitError) || error.code !== 'unauthorized') throw error;
      return this.#advertisement(service, true);
    }
  }

  /** The objects that `wants` have and `haves` have not, as a pack. Read it to its end, or cancel it. */
  async fetch(request: UploadRequest, advertised: Advertisement): Promise<OpenPack> {
    return this.#named(async () => {
      const exchange = await this.#upload(request, advertised);
      const reader = new PktLineReader(exchange.body());
      const { common, pack } = await readUploadAnswer(reader, advertised, this.#onProgress);
      const cancel = () => exchange.destroy(new GitError('aborted', `${this.where}: the pack is not wanted any more`));
      return { common, pack: this.#namedStream(pack), cancel };
    });
  }

  /**
   * Which of `oids` the repository has, reachable or not; no pack is made. Undefined if it cannot say: it is empty, or its
   * server does not offer `multi_ack_detailed`.
   */
  async knownObjects(oids: readonly Oid[], advertised: Advertisement): Promise<Set<Oid> | undefined> {
    const [want] = advertised.refs.values();
    if (want === undefined || !advertised.capabilities.has('multi_ack_detailed')) return undefined;
    const known = new Set<Oid>();
    for (let at = 0; at < oids.length; at += HAVES_PER_REQUEST) {
      const haves = oids.slice(at, at + HAVES_PER_REQUEST);
      const request = { wants: [want], haves, done: false, thin: false, ofsDelta: false };
      await this.#named(async () => {
        const reader = new PktLineReader((await this.#upload(request, advertised)).body());
        for (const oid of await readAcknowledgements(reader)) known.add(oid);
        // Read to the end, so that the connection can serve the next request.
        for await (const _ of reader.rest());
      });
    }
    return known;
  }

  /**
   * Sends ref commands and, unless all are deletions, a pack; gives what the server reports. An error of `pack` breaks the
   * connection: the server never sees an end.
   */
  async push(
    commands: readonly PushCommand[],
    pack: AsyncIterable<Buffer> | undefined,
    advertised: Advertisement,
  ): Promise<PushReport | undefined> {
    const exchange = await this.#open('POST', 'git-receive-pack', {});
    const report = this.#named(async () => {
      await expectOk(await exchange.response, exchange.body(), this.where);
      return this.#withoutSecrets(await readPushReport(exchange.body(), advertised, this.#onProgress));
    });
    // Awaited below, whichever way this goes; until then a failure is not unhandled.
    report.catch(() => {});
    try {
      await exchange.write(encodePushCommands(commands, advertised));
      if (pack !== undefined) for await (const chunk of pack) await exchange.write(chunk);
      exchange.end();
    } catch (error) {
      try {
        if (exchange.refusedEarly) await report;
      } finally {
        exchange.destroy(new GitError('aborted', `${this.where}: push given up`, { cause: error }));
      }
      throw error;
    }
    return report;
  }

  /** Closes the kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #advertisement(service: Service, fresh: boolean): Promise<Advertisement> {
    const exchange = await this.#open('GET', `info/refs?service=${service}`, { fresh });
    return this.#named(async () => {
      await expectOk(await exchange.response, exchange.body(), this.where);
      return readAdvertisement(new PktLineReader(exchange.body()), service);
    });
  }

  async #upload(request: UploadRequest, advertised: Advertisement): Promise<Exchange> {
    // CodeCommit hangs up on an upload-pack request without a Content-Length (isomorphic-git#315).
    const exchange = await this.#open('POST', 'git-upload-pack', { body: encodeUploadRequest(request, advertised) });
    await expectOk(await exchange.response, exchange.body(), this.where);
    return exchange;
  }

  async #open(method: 'GET' | 'POST', path: string, options: { body?: Buffer; fresh?: boolean }): Promise<Exchange> {
    const { authorize, idleMs = 60_000, indexingMs = 900_000, signal } = this.#options;
    const url = new URL(`${this.url.href}/${path}`);
    const authorization = await authorize(url, { fresh: options.fresh ?? false });
    if (authorization !== undefined) {
      refusePlaintext(url);
      for (const secret of secretsOf(authorization)) this.#secrets.add(secret);
    }
    return new Exchange({
      method,
      url,
      headers: {
        'User-Agent': 'git/ccrepl',
        'Accept-Encoding': 'identity',
        ...(method === 'POST' && {
          'Content-Type': `application/x-${path}-request`,
          Accept: `application/x-${path}-result`,
        }),
        ...(authorization !== undefined && { Authorization: authorization }),
      },
      ...(options.body && { body: options.body }),
      agent: this.#agent,
      idleMs: path === 'git-receive-pack' ? indexingMs : idleMs,
      signal,
      where: this.where,
      traffic: this.traffic,
    });
  }

  readonly #onProgress = (text: string): void => this.#options.onProgress?.(text);

  #withoutSecrets(report: PushReport | undefined): PushReport | undefined {
    if (report === undefined) return undefined;
    const clean = (text: string | undefined) => text && redact(text, this.#secrets);
    const results = new Map([...report.results].map(([ref, reason]) => [ref, clean(reason)] as const));
    return { unpackError: clean(report.unpackError), results };
  }

  /** Every error of a conversation says whose it was, and shows nothing that we sent. */
  async #named<T>(conversation: () => Promise<T>): Promise<T> {
    try {
      return await conversation();
    } catch (error) {
      throw this.#name(error);
    }
  }

  async *#namedStream(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks;
    } catch (error) {
      throw this.#name(error);
    }
  }

  #name(error: unknown): unknown {
    if (!(error instanceof GitError)) return error;
    const { code, status, retryAfter, cause } = error;
    const message = redact(error.message, this.#secrets);
    const named = message.startsWith(this.where) ? message : `${this.where}: ${message}`;
    return new GitError(code, named, { cause, retryAfter, ...(status !== undefined && { status }) });
  }
}
