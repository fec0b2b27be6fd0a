import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { runHttpBackend } from './http-backend.ts';
import { end, send } from './service-request.ts';

/** Serves `NAME.git` of a folder by `git http-backend` as it is: nothing is read, checked or changed on the way. `env` is git's. */
export async function servePlainGit(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  env: Record<string, string> = {},
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const [, name, service] = /^\/([\w-]+\.git)\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path) ?? [];
  if (name === undefined || service === undefined) return end(response, 404);
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  const abort = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  const answer = await runHttpBackend({
    repositoryPath: join(folder, name),
    method: request.method ?? 'GET',
    service,
    query,
    contentType: request.headers['content-type'],
    contentLength: length === undefined ? undefined : Number(length),
    body: request.method === 'POST' ? request : undefined,
    // git packs long lists of what it has.
    env: { ...(encoding !== undefined && { HTTP_CONTENT_ENCODING: encoding }), ...env },
    signal: abort.signal,
  });
  return send(response, answer);
}
