import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { type Authorize, refusePlaintext } from './credentials.ts';
import { GitError } from './errors.ts';
import { Exchange, type Traffic } from './http/exchange.ts';
import { expectOk } from './http/status.ts';
import { repositoryIdentity } from './identity.ts';
import type { Oid } from './oid.ts';
import { PktLineReader } from './pkt-line/reader.ts';
import { type Advertisement, readAdvertisement, type Service } from './protocol/advertisement.ts';
import { weighPack } from './protocol/pack-header.ts';
import { type PushReport, readPushReport } from './protocol/push-report.ts';
import { encodePushCommands, type PushCommand } from './protocol/push-request.ts';
import {
  isUnreachedWant,
  readAcknowledgements,
  readShallowCommits,
  readUploadAnswer,
  type UploadAnswer,
} from './protocol/upload-answer.ts';
import { encodeUploadRequest, type UploadRequest } from './protocol/upload-request.ts';
import { redact, secretsOf } from './redact.ts';
import type { RefName } from './ref.ts';
import { parseRepositoryAddress } from './url.ts';

/** Objects to ask about in one request. */
const HAVES_PER_REQUEST = 1000;

/** How often a request that was throttled is sent again. */
const THROTTLED_ATTEMPTS_MAX = 5;
/** Pauses after a throttled request: at most so long however long the server asks for, and growing from so long. */
const PAUSE_MS_MAX = 30_000;
const PAUSE_MS_FIRST = 500;

export interface RemoteOptions {
  /** The repository's URL, http or https, without user name or password. */
  url: URL;
  authorize: Authorize;
  /** Which side this is, for messages: "source", "destination". */
  side: string;
  /** Whose repositories the URL is about, where it does not say so: with CodeCommit the identity decides. Undefined: our own. */
  account?: string | undefined;
  /** How long nothing may move while we wait. Default 60 s. */
  idleMs?: number;
  /** The same for the answer to a push: a server is silent while it indexes. Default 15 minutes. */
  indexingMs?: number;
  signal?: AbortSignal | undefined;
  /** As whom we ask, for the message of a refusal; nothing secret. */
  identity?: () => string | undefined;
  /** Text of the server for people: "Counting objects: …". */
  onProgress?: (text: string) => void;
  /** Waits; a test need not. */
  sleep?: (ms: number) => Promise<void>;
  /** This machine's clock; a test has its own. */
  now?: () => Date;
}

/** Whether two remotes reach one repository, in whatever spelling. */
export const sameRepository = (a: GitRemote, b: GitRemote): boolean =>
  a.account === b.account &&
  repositoryIdentity(parseRepositoryAddress(a.url.href)) === repositoryIdentity(parseRepositoryAddress(b.url.href));

/** A pack on its way. */
export interface OpenPack extends UploadAnswer {
  /** Breaks the connection, for a pack that is not read to its end. */
  cancel: () => void;
}

/** One git repository behind smart HTTP, protocol v0: every conversation that we have with it. */
export class GitRemote {
  readonly url: URL;
  readonly side: string;
  readonly account: string | undefined;
  readonly traffic: Traffic = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #options: RemoteOptions;
  readonly #agent: http.Agent;
  /** Everything secret that was sent, so that no text of the server can show it. */
  readonly #secrets = new Set<string>();

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.url = options.url;
    this.side = options.side;
    this.account = options.account;
    // An idle connection is given up before common servers give it up (Apache: 5 s), so that none dies under a request.
    const kept = { keepAlive: true, timeout: 4000 };
    this.#agent =
      options.url.protocol === 'https:'
        ? // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot unsay it.
          new https.Agent({ ...kept, rejectUnauthorized: true })
        : new http.Agent(kept);
  }

  get where(): string {
    return `${this.side} ${this.url.origin}${this.url.pathname}`;
  }

  /** All refs, read afresh; `like` is a reading that is probably much the same, with which memory is shared. */
  async advertisement(service: Service, like?: ReadonlyMap<RefName, Oid>): Promise<Advertisement> {
    const read = (fresh: boolean) => this.#advertisement(service, fresh, like);
    return this.#patiently(async () => {
      try {
        return await read(false);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        // Once more with new credentials: the old may just have expired.
        if (error.code === 'unauthorized') return read(true);
        // Once more as it is: the page of a proxy, or an answer that was garbled, may be gone.
        if (error.code !== 'protocol') throw error;
        await this.waitAfter(error, 1);
        return read(false);
      }
    });
  }

  /** The objects that `wants` have and `haves` have not, as a pack. Read it to its end, or cancel it. */
  async fetch(request: UploadRequest, advertised: Advertisement): Promise<OpenPack> {
    return this.#patiently(() =>
      this.#upload(request, advertised, async (exchange, reader) => {
        const { common, pack } = await readUploadAnswer(reader, advertised, this.#onProgress);
        const cancel = () =>
          exchange.destroy(new GitError('aborted', `${this.where}: the pack is not wanted any more`));
        return { common, pack: this.#packOf(exchange, pack), cancel };
      }),
    );
  }

  /**
   * Which of `oids` the repository has, reachable or not; no pack is made. Undefined if it cannot say: it is empty, or its
   * server does not offer `multi_ack_detailed`. JGit does not acknowledge what is in the history of what it has just
   * acknowledged, so what is left is asked about again, the other way round, until nothing comes to light any more.
   */
  async knownObjects(oids: readonly Oid[], advertised: Advertisement): Promise<Set<Oid> | undefined> {
    const [want] = advertised.refs.values();
    if (want === undefined || !advertised.capabilities.has('multi_ack_detailed')) return undefined;
    const known = new Set<Oid>();
    for (let left = oids; left.length > 0; ) {
      const before = known.size;
      for (let at = 0; at < left.length; at += HAVES_PER_REQUEST) {
        const haves = left.slice(at, at + HAVES_PER_REQUEST);
        for (const oid of await this.#ask({ wants: [want], haves }, advertised, readAcknowledgements)) known.add(oid);
      }
      if (known.size === before) break;
      left = left.filter((oid) => !known.has(oid)).reverse();
    }
    return known;
  }

  /**
   * Whether all of `oids` are in the history of `tips`: then a pack of `oids` without it is empty, and nothing but its header
   * is read. Undefined if the server cannot say, because it gives no packs of what it does not advertise.
   */
  async contains(tips: readonly Oid[], oids: readonly Oid[], advertised: Advertisement): Promise<boolean | undefined> {
    const request = { wants: [...new Set(oids)], haves: [...new Set(tips)], done: true, thin: false, ofsDelta: false };
    try {
      const { pack, cancel } = await this.fetch(request, advertised);
      const { objects, chunks } = await weighPack(pack);
      if (objects > 0) cancel();
      else for await (const _ of chunks);
      return objects === 0;
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== 'remote-error') throw error;
      // No history of a tip can hold what no ref reaches.
      return isUnreachedWant(error) ? false : undefined;
    }
  }

  /**
   * The commits that are `depth` steps from `tip` by the shortest way (`tip` is at 1); none beyond the first commit. No pack
   * is made. Undefined if the server does not offer `shallow`.
   */
  async commitsAtDepth(tip: Oid, depth: number, advertised: Advertisement): Promise<Oid[] | undefined> {
    if (!advertised.capabilities.has('shallow')) return undefined;
    return this.#ask({ wants: [tip], haves: [], depth }, advertised, async (reader) => {
      const commits = await readShallowCommits(reader);
      await readAcknowledgements(reader);
      return commits;
    });
  }

  /**
   * Sends ref commands and, unless all are deletions, a pack; gives what the server reports. An error of `pack` breaks the
   * connection: the server never sees an end. A server that has answered before the end hears no more.
   */
  async push(
    commands: readonly PushCommand[],
    pack: AsyncIterable<Buffer> | undefined,
    advertised: Advertisement,
  ): Promise<PushReport | undefined> {
    const exchange = await this.#open('POST', 'git-receive-pack', {});
    const report = this.#named(async () => {
      await expectOk(await exchange.response, exchange.body(), this.where, this.#options.now);
      return this.#withoutSecrets(await readPushReport(exchange.body(), advertised, this.#onProgress));
    });
    // Awaited below, whichever way this goes; until then a failure is not unhandled.
    let answered = false;
    const onAnswer = () => {
      answered = true;
      exchange.stopWriting();
    };
    report.then(onAnswer, onAnswer);
    try {
      await exchange.write(encodePushCommands(commands, advertised));
      if (pack !== undefined) for await (const chunk of pack) await exchange.write(chunk);
      if (!answered) exchange.end();
    } catch (error) {
      if (!answered) {
        try {
          if (exchange.refusedEarly) await report;
        } finally {
          exchange.destroy(new GitError('aborted', `${this.where}: push given up`, { cause: error }));
        }
        throw error;
      }
    }
    if (answered) exchange.destroy(new GitError('aborted', `${this.where}: answered before the end of the push`));
    const said = await report;
    await exchange.release();
    return said;
  }

  /** Closes the kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #advertisement(
    service: Service,
    fresh: boolean,
    like: ReadonlyMap<RefName, Oid> | undefined,
  ): Promise<Advertisement> {
    const exchange = await this.#open('GET', `info/refs?service=${service}`, { fresh });
    return this.#conversation(exchange, async () => {
      await expectOk(await exchange.response, exchange.body(), this.where, this.#options.now);
      return readAdvertisement(new PktLineReader(exchange.body()), service, like);
    });
  }

  /** One question to upload-pack that makes no pack. */
  #ask<T>(
    question: Pick<UploadRequest, 'wants' | 'haves' | 'depth'>,
    advertised: Advertisement,
    read: (reader: PktLineReader) => Promise<T>,
  ): Promise<T> {
    const request = { ...question, done: false, thin: false, ofsDelta: false };
    return this.#patiently(() =>
      this.#upload(request, advertised, async (_exchange, reader) => {
        const answer = await read(reader);
        // Read to the end, so that the connection can serve the next request.
        for await (const _ of reader.rest());
        return answer;
      }),
    );
  }

  async #upload<T>(
    request: UploadRequest,
    advertised: Advertisement,
    read: (exchange: Exchange, reader: PktLineReader) => Promise<T>,
  ): Promise<T> {
    // CodeCommit hangs up on an upload-pack request without a Content-Length (isomorphic-git#315).
    const exchange = await this.#open('POST', 'git-upload-pack', { body: encodeUploadRequest(request, advertised) });
    return this.#conversation(exchange, async () => {
      await expectOk(await exchange.response, exchange.body(), this.where, this.#options.now);
      return read(exchange, new PktLineReader(exchange.body()));
    });
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
    const { unpackError, fatal } = report;
    return { unpackError: clean(unpackError), results, ...(fatal !== undefined && { fatal: clean(fatal) }) };
  }

  /** Every error of a conversation says whose it was, and shows nothing that we sent. */
  async #named<T>(conversation: () => Promise<T>): Promise<T> {
    try {
      return await conversation();
    } catch (error) {
      throw this.#name(error);
    }
  }

  /** The same for the whole of an exchange, which is over if it fails: what is left of its answer is nothing that we understand. */
  async #conversation<T>(exchange: Exchange, read: () => Promise<T>): Promise<T> {
    return this.#named(async () => {
      try {
        return await read();
      } catch (error) {
        exchange.destroy(new GitError('aborted', `${this.where}: the answer was not understood`, { cause: error }));
        throw error;
      }
    });
  }

  /** Sends a request that changes nothing again while the server throttles it. */
  async #patiently<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request();
      } catch (error) {
        const throttled = error instanceof GitError && error.code === 'throttled';
        if (!throttled || attempt >= THROTTLED_ATTEMPTS_MAX) throw error;
        await this.waitAfter(error, attempt);
      }
    }
  }

  /** Waits as long as a server that throttles asks for, within reason; else longer each time, by chance (full jitter). */
  async waitAfter(error: GitError, attempt: number): Promise<void> {
    const { signal, sleep = (ms: number) => pause(ms, undefined, { signal }) } = this.#options;
    const asked = error.retryAfter === undefined ? undefined : error.retryAfter * 1000;
    await sleep(Math.min(asked ?? Math.random() * PAUSE_MS_FIRST * 2 ** attempt, PAUSE_MS_MAX)).catch(() => {
      throw signal?.reason instanceof GitError ? signal.reason : new GitError('aborted', `${this.where}: stopped`);
    });
  }

  async *#packOf(exchange: Exchange, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks;
      await exchange.release();
    } catch (error) {
      exchange.destroy(new GitError('aborted', `${this.where}: the pack broke`, { cause: error }));
      throw this.#name(error);
    }
  }

  #name(error: unknown): unknown {
    if (!(error instanceof GitError)) return error;
    const { code, status, retryAfter, cause } = error;
    const message = redact(error.message, this.#secrets);
    const named = message.startsWith(this.where) ? message : `${this.where}: ${message}`;
    const identity = code === 'unauthorized' ? this.#options.identity?.() : undefined;
    const said = identity === undefined ? named : `${named} (asked as ${identity})`;
    return new GitError(code, said, { cause, retryAfter, ...(status !== undefined && { status }) });
  }
}
