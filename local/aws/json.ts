import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';
import { readBody } from './http.ts';

export type JsonObject = Record<string, unknown>;

/** Serves one request of an AWS JSON protocol: the operation is in `X-Amz-Target`, after the service's prefix. */
export async function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  prefix: string,
  call: (operation: string, input: JsonObject) => Promise<object>,
): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? '');
  try {
    if (!target.startsWith(`${prefix}.`)) throw new ApiError('UnknownOperationException', `unknown target "${target}"`);
    const body = await readBody(request);
    let input: unknown;
    try {
      input = body === '' ? {} : JSON.parse(body);
    } catch {
      throw new ApiError('SerializationException', 'the body is not JSON');
    }
    sendJson(request, response, 200, await call(target.slice(prefix.length + 1), input as JsonObject));
  } catch (error) {
    refuseJson(request, response, asApiError(error));
  }
}

export function refuseJson(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
  response.setHeader('x-amzn-ErrorType', error.name);
  sendJson(request, response, error.status, { __type: error.name, message: error.message });
}

export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError('InternalServerException', (error as Error).message, 500);

function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': request.headers['content-type'] ?? 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(body);
}

/** A required string field of a request. */
export function text(input: JsonObject, field: string): string {
  const value = input[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new ApiError('ValidationException', `${field} is required`);
}

/** Seconds since 1970, as AWS's JSON protocols write times. */
export const epochSeconds = (date: Date): number => date.getTime() / 1000;
