import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runHttpBackend } from '../../local/codecommit/http-backend.ts';
import type { Traffic } from './server.ts';

/**
 * A process that serves the bare repositories of a folder with the real `git http-backend`, streaming, in version 0 of the protocol:
 * what CodeCommit speaks. Its parent asks it what has gone over its connections since it asked last.
 */
const root = process.argv[2] as string;
const sockets = new Set<Socket>();
let [requests, toServer, toClient] = [0, 0, 0];
/** What was counted of connections that are still open. */
const counted = new WeakMap<Socket, { read: number; written: number }>();

const server = createServer((request, response) => {
  requests += 1;
  serve(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.once('close', () => {
    count(socket);
    sockets.delete(socket);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', () => {
  for (const socket of sockets) count(socket);
  const traffic: Traffic = { requests, toServer, toClient };
  [requests, toServer, toClient] = [0, 0, 0];
  process.send?.(traffic);
});
process.on('disconnect', () => process.exit());

function count(socket: Socket): void {
  const before = counted.get(socket) ?? { read: 0, written: 0 };
  const now = { read: socket.bytesRead, written: socket.bytesWritten };
  toServer += now.read - before.read;
  toClient += now.written - before.written;
  counted.set(socket, now);
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name, service = '', , query = ''] = /^\/([\w.-]+\.git)\/([\w/-]+)(\?(.*))?$/.exec(request.url ?? '') ?? [];
  if (name === undefined) {
    response.writeHead(404).end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const length = request.headers['content-length'];
  const encoding = request.headers['content-encoding'];
  const answer = await runHttpBackend({
    repositoryPath: join(root, name),
    method: request.method ?? 'GET',
    service,
    query,
    contentType: request.headers['content-type'],
    contentLength: length === undefined ? undefined : Number(length),
    body: request.method === 'POST' ? (request as AsyncIterable<Buffer>) : undefined,
    ...(encoding !== undefined && { env: { HTTP_CONTENT_ENCODING: encoding } }),
    signal: gone.signal,
  });
  response.writeHead(answer.status, answer.headers);
  await pipeline(answer.body, response);
}
