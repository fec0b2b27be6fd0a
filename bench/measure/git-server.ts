import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { servePlainGit } from '../../local/codecommit/plain-git.ts';
import type { Served, Traffic } from './server.ts';

/**
 * A process that serves the bare repositories of a folder with the real `git http-backend`, streaming, in version 0 of the protocol:
 * what CodeCommit speaks. Its parent asks it what has gone over its connections since it asked last.
 */
const root = process.argv[2] as string;
const sockets = new Set<Socket>();
let [requests, toServer, toClient] = [0, 0, 0];
let served: Served[] = [];
/** What was counted of connections that are still open. */
const counted = new WeakMap<Socket, { read: number; written: number }>();

const server = createServer((request, response) => {
  requests += 1;
  const from = now();
  response.once('close', () => served.push({ isList: request.method === 'GET', from, to: now() }));
  servePlainGit(root, request, response).catch((error: unknown) => {
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
  const traffic: Traffic = { requests, toServer, toClient, served };
  [requests, toServer, toClient] = [0, 0, 0];
  served = [];
  process.send?.(traffic);
});
process.on('disconnect', () => process.exit());

/** Finer than a millisecond. */
function now(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

function count(socket: Socket): void {
  const before = counted.get(socket) ?? { read: 0, written: 0 };
  const after = { read: socket.bytesRead, written: socket.bytesWritten };
  toServer += after.read - before.read;
  toClient += after.written - before.written;
  counted.set(socket, after);
}
