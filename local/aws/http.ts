import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** A server on loopback, and how to end it. */
export interface LocalServer {
  port: number;
  origin: string;
  close(): Promise<void>;
}

/** Serves on 127.0.0.1 only. `port` 0 takes any free one. */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port: number,
): Promise<LocalServer> {
  const server: Server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      // A client that went away needs no answer; anything else is said, and the connection is not reused.
      if (response.headersSent || response.destroyed) response.destroy();
      else {
        response.writeHead(500, { 'Content-Type': 'text/plain', Connection: 'close' });
        response.end(`${error instanceof Error ? error.message : String(error)}\n`);
      }
    });
  });
  // A push may take as long as it takes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `the port ${port} is taken: stop what uses it, or give another first port with --port`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    origin: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`a request body of over ${BODY_BYTES_MAX} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
