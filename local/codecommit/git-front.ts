import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { encodePktLine, FLUSH } from '../../git/pkt-line/encode.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { Capabilities } from '../../git/protocol/capabilities.ts';
import { type BackendResponse, runHttpBackend } from './http-backend.ts';

/** What a server advertises: CodeCommit's exact sets, or whatever git itself offers. */
export type Profile = 'codecommit' | 'git';

/** As captured from CodeCommit in 2018 and unchanged in 2025 (isomorphic-git#199, osv-scalibr, dulwich#671). */
export const CODECOMMIT_CAPABILITIES = {
  'git-upload-pack': [
    'multi_ack_detailed',
    'shallow',
    'side-band-64k',
    'thin-pack',
    'allow-tip-sha1-in-want',
    'allow-reachable-sha1-in-want',
  ],
  'git-receive-pack': ['report-status', 'delete-refs', 'side-band-64k', 'thin-pack'],
} as const;

/** One ref that a push moved; 40 zeros stand for "not there". */
export interface ReceivedRef {
  ref: string;
  old: string;
  new: string;
}

const UPLOAD_REQUEST_BYTES_MAX = 16 * 1024 * 1024;

/** Serves git's three requests for one repository with the real `git http-backend`, dressed as the profile says. */
export class GitFront {
  readonly #profile: Profile;
  readonly #onReceived: (refs: ReceivedRef[]) => Promise<void>;

  constructor(profile: Profile, onReceived: (refs: ReceivedRef[]) => Promise<void>) {
    this.#profile = profile;
    this.#onReceived = onReceived;
  }

  async serve(
    repositoryPath: string,
    service: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const method = request.method ?? 'GET';
    const common = {
      repositoryPath,
      method,
      service,
      contentType: request.headers['content-type'],
      signal: gone.signal,
    };
    if (service === 'info/refs') {
      const query = (request.url ?? '').split('?')[1] ?? '';
      const wanted = /^service=(git-upload-pack|git-receive-pack)$/.exec(query)?.[1] as
        | keyof typeof CODECOMMIT_CAPABILITIES
        | undefined;
      if (method !== 'GET' || wanted === undefined) return end(response, 400);
      const answer = await runHttpBackend({ ...common, query, body: undefined });
      return send(
        response,
        this.#profile === 'git'
          ? answer
          : { ...answer, body: advertiseOnly(answer.body, CODECOMMIT_CAPABILITIES[wanted]) },
      );
    }
    if (method !== 'POST') return end(response, 405);
    if (service === 'git-upload-pack') return this.#upload(common, request, response);
    return this.#receive(common, request, response);
  }

  async #upload(common: Common, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#profile === 'codecommit' && request.headers['content-length'] === undefined) {
      // CodeCommit hangs up on a request of unknown length (isomorphic-git#315).
      request.socket.destroy();
      return;
    }
    const body = await readAll(request);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (this.#profile === 'codecommit') {
      const [first] = await firstPackets(plain);
      const words = first?.replace(/^want [0-9a-f]+/, '') ?? '';
      if (unadvertised(words, CODECOMMIT_CAPABILITIES['git-upload-pack'])) return end(response, 200);
    }
    const answer = await runHttpBackend({ ...common, query: '', contentLength: plain.length, body: once(plain) });
    return send(response, answer);
  }

  async #receive(common: Common, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers['content-encoding'] !== undefined) return end(response, 415);
    const reader = new PktLineReader(request);
    const commands: Buffer[] = [];
    for (let packet = await reader.next(); packet !== 'flush' && packet !== undefined; packet = await reader.next()) {
      commands.push(encodePktLine(packet));
    }
    if (this.#profile === 'codecommit') {
      const words = commands[0]?.toString('latin1').split('\0')[1] ?? '';
      if (unadvertised(words, CODECOMMIT_CAPABILITIES['git-receive-pack'])) return end(response, 200);
    }
    const body = sequence([...commands, FLUSH], reader.rest());
    const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-received-'));
    try {
      const received = join(scratch, 'refs');
      const answer = await runHttpBackend({ ...common, query: '', body, env: { CCREPL_RECEIVED: received } });
      // The event goes out before the answer ends: whoever has pushed can rely on it being on its way.
      const notified = afterwards(answer.body, async () =>
        this.#onReceived(parseReceived(await readFile(received, 'latin1').catch(() => ''))),
      );
      await send(response, { ...answer, body: notified });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}

type Common = {
  repositoryPath: string;
  method: string;
  service: string;
  contentType: string | undefined;
  signal: AbortSignal;
};

async function send(response: ServerResponse, answer: BackendResponse): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  // A client that went away ends it with an error, which is no news: the backend is told by its own signal.
  await pipeline(answer.body, response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

const end = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'Content-Length': '0' });
  response.end();
};

/** The advertisement with another list of capabilities in its first ref line. */
async function* advertiseOnly(body: AsyncIterable<Buffer>, words: readonly string[]): AsyncGenerator<Buffer> {
  const reader = new PktLineReader(body);
  for (let packet = await reader.next(); packet !== undefined; packet = await reader.next()) {
    if (packet === 'flush') {
      yield FLUSH;
      continue;
    }
    const nul = packet.indexOf(0);
    if (nul < 0) {
      yield encodePktLine(packet);
      continue;
    }
    yield encodePktLine(Buffer.concat([packet.subarray(0, nul + 1), Buffer.from(`${words.join(' ')}\n`)]));
  }
}

const unadvertised = (words: string, advertised: readonly string[]): boolean =>
  new Capabilities(words.trim()).names.some((name) => !advertised.includes(name));

async function firstPackets(body: Buffer): Promise<string[]> {
  const packet = await new PktLineReader(once(body)).next();
  return packet === undefined || packet === 'flush' ? [] : [packet.toString('latin1')];
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > UPLOAD_REQUEST_BYTES_MAX)
      throw new Error(`an upload-pack request of over ${UPLOAD_REQUEST_BYTES_MAX} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

async function* once(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}

async function* sequence(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.concat(first);
  yield* rest;
}

async function* afterwards(body: AsyncIterable<Buffer>, then: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* body;
  await then();
}

/** What the post-receive hook got: `old new ref` a line, names as bytes. */
function parseReceived(text: string): ReceivedRef[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [old = '', next = '', ...ref] = line.split(' ');
      return { old, new: next, ref: ref.join(' ') };
    });
}
