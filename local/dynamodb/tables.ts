import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
// @ts-expect-error: the package has no types.
import dynalite from 'dynalite';
import { ApiError } from '../aws/api-error.ts';
import { readBody } from '../aws/http.ts';
import { refuseJson } from '../aws/json.ts';

/** The DynamoDB of one region, in memory: dynalite behind the gateway, which has looked at the access key. */
export class LocalTables {
  readonly region: string;
  readonly #dynalite: Server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(region: string) {
    this.region = region;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const refuse = (name: string, message: string) => refuseJson(request, response, new ApiError(name, message));
    if (this.#closed) return refuse('InternalServerError', 'the local mode is stopping');
    // dynalite throws at any other body where nobody can catch it.
    if (!isJsonObject(body)) return refuse('SerializationException', 'the body is not a JSON object');
    const answered = once(response, 'close');
    this.#underWay.add(answered);
    // It also throws when a client goes away in the middle of a request: so it gets only whole ones.
    const { method, url, headers } = request;
    this.#dynalite.emit(
      'request',
      Object.assign(Readable.from([Buffer.from(body)]), { method, url, headers }),
      response,
    );
    await answered.finally(() => this.#underWay.delete(answered));
  }

  /** Serves no more; what is under way is answered first. The memory goes with this object: nothing else is held. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
