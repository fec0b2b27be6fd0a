import http from 'node:http';
import { type LocalServer, listen } from '../../local/aws/http.ts';

/** What to do to the answer of one kind of request. */
export interface Disturbance {
  /** The end of the request's path, such as `git-upload-pack`. */
  path: string;
  /** Breaks the connection after so many bytes of the answer's body. */
  cutAnswerAfter?: number;
  /** Answers this instead of asking the server; the request's body is not read. */
  answer?: { status: number; headers?: Record<string, string>; body?: string };
  /** Breaks the connection once the server has answered in full, before the client sees any of it. */
  loseAnswer?: boolean;
  /** Stops, for ever, after so many bytes of the answer's body. */
  hangAfter?: number;
  onHang?: () => void;
  /** Refuses with the request's own Authorization header in the body. */
  echoAuthorization?: boolean;
  /** How many requests it happens to; without it, all. */
  times?: number;
}

/** An HTTP proxy in front of a real server that disturbs what it is told to. */
export async function disturbingProxy(origin: string, disturbances: Disturbance[]): Promise<LocalServer> {
  const left = disturbances.map((disturbance) => ({
    ...disturbance,
    times: disturbance.times ?? Number.POSITIVE_INFINITY,
  }));
  return listen(async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const disturbance = left.find((candidate) => candidate.times > 0 && path.endsWith(candidate.path));
    if (disturbance) disturbance.times -= 1;
    if (disturbance?.answer) {
      response.writeHead(disturbance.answer.status, disturbance.answer.headers);
      response.end(disturbance.answer.body);
      return;
    }
    if (disturbance?.echoAuthorization) {
      const header = request.headers.authorization ?? '';
      const decoded = Buffer.from(header.replace('Basic ', ''), 'base64').toString();
      response.writeHead(403);
      response.end(`denied for ${header} (${decoded})`);
      return;
    }
    const upstream = http.request(`${origin}${request.url}`, { method: request.method, headers: request.headers });
    request.pipe(upstream);
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve);
      upstream.once('error', reject);
    });
    if (disturbance?.loseAnswer) {
      for await (const _ of answer);
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 0, answer.headers);
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const room = Math.min(disturbance?.cutAnswerAfter ?? Infinity, disturbance?.hangAfter ?? Infinity) - bytes;
      response.write(chunk.subarray(0, Math.min(chunk.length, room)));
      bytes += chunk.length;
      if (bytes >= (disturbance?.hangAfter ?? Number.POSITIVE_INFINITY)) {
        disturbance?.onHang?.();
        await new Promise((resolve) => request.socket.once('close', resolve));
        upstream.destroy();
        return;
      }
      if (chunk.length >= room) {
        await new Promise((resolve) => response.write('', resolve));
        request.socket.destroy();
        upstream.destroy();
        return;
      }
    }
    response.end();
  }, 0);
}
