import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server of bytes: what no HTTP library would send. */
export interface RawServer {
  origin: string;
  close(): Promise<void>;
}

/** Calls `onRequest` once the first bytes of a connection are there. */
export async function rawServer(onRequest: (socket: Socket) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // Clients that go away in the middle are what these tests are about.
    socket.on('error', () => {});
    socket.once('data', () => onRequest(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
