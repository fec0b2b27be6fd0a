import { join } from 'node:path';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { runHttpBackend } from '../../local/codecommit/http-backend.ts';
import { end, send } from '../../local/codecommit/service-request.ts';

/** `git http-backend` as it is: nothing is read, checked or changed on the way. `env` is git's. */
export function startGitServer(folder: string, env: Record<string, string> = {}): Promise<LocalServer> {
  return listen(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [, name, service] = /^\/([\w-]+\.git)\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path) ?? [];
    if (name === undefined || service === undefined) return end(response, 404);
    const length = request.headers['content-length'];
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
      env,
      signal: abort.signal,
    });
    return send(response, answer);
  }, 0);
}
