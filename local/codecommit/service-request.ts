import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { BackendResponse } from './http-backend.ts';

/** What git's own server needs to know of a request, and how to end it. */
export interface ServiceRequest {
  repositoryPath: string;
  method: string;
  service: string;
  contentType: string | undefined;
  /** Ends git: the client has gone, or the push is stopped. */
  abort: AbortController;
}

/** Sends an answer as it comes. */
export async function send(response: ServerResponse, answer: BackendResponse): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  // A client that went away ends it with an error, which is no news: the backend is told by its own signal.
  await pipeline(answer.body, response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

/** An answer without a body. */
export function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': '0' });
  response.end();
}
