import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { encodePktLine, FLUSH } from '../../git/pkt-line/encode.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { runHttpBackend } from './http-backend.ts';
import { CODECOMMIT_CAPABILITIES, type Profile, unadvertised } from './profile.ts';
import { type ReceiveOptions, receivePack } from './receive-pack.ts';
import { end, type ServiceRequest, send } from './service-request.ts';

export type { Profile } from './profile.ts';

const UPLOAD_REQUEST_BYTES_MAX = 16 * 1024 * 1024;

/** Serves git's three requests for one repository with the real `git http-backend`, dressed as the profile says. */
export class GitFront {
  readonly #profile: Profile;
  readonly #options: ReceiveOptions;

  constructor(options: ReceiveOptions) {
    this.#profile = options.profile;
    this.#options = options;
  }

  async serve(
    repositoryPath: string,
    service: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const abort = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) abort.abort();
    });
    const method = request.method ?? 'GET';
    const common = { repositoryPath, method, service, contentType: request.headers['content-type'], abort };
    if (service === 'info/refs') return this.#advertise(common, request, response);
    if (method !== 'POST') return end(response, 405);
    if (service === 'git-upload-pack') return this.#upload(common, request, response);
    return receivePack(common, this.#options, request, response);
  }

  async #advertise(common: ServiceRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = (request.url ?? '').split('?')[1] ?? '';
    const wanted = /^service=(git-upload-pack|git-receive-pack)$/.exec(query)?.[1] as
      | keyof typeof CODECOMMIT_CAPABILITIES
      | undefined;
    if (common.method !== 'GET' || wanted === undefined) return end(response, 400);
    const answer = await runHttpBackend({ ...common, query, body: undefined, signal: common.abort.signal });
    if (this.#profile === 'git') return send(response, answer);
    return send(response, { ...answer, body: advertiseOnly(answer.body, CODECOMMIT_CAPABILITIES[wanted]) });
  }

  async #upload(common: ServiceRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#profile === 'codecommit' && request.headers['content-length'] === undefined) {
      // CodeCommit hangs up on a request of unknown length (isomorphic-git#315).
      request.socket.destroy();
      return;
    }
    const body = await readAll(request);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (this.#profile === 'codecommit') {
      const first = await new PktLineReader(once(plain)).next();
      const line = Buffer.isBuffer(first) ? first.toString('latin1') : '';
      if (unadvertised(line.replace(/^want [0-9a-f]+/, ''), 'git-upload-pack')) return end(response, 200);
    }
    const answer = await runHttpBackend({
      ...common,
      query: '',
      contentLength: plain.length,
      body: once(plain),
      signal: common.abort.signal,
    });
    return send(response, answer);
  }
}

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
