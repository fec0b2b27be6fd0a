import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

const SCOPE = /Credential=([^/]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** Who asks which service in which region, by the request's own signature; empty where it has none. */
export function signedScope(request: IncomingMessage): { accessKeyId: string; region: string; service: string } {
  const [, accessKeyId = '', region = '', service = ''] = SCOPE.exec(request.headers.authorization ?? '') ?? [];
  return { accessKeyId, region, service };
}

/** The refusal of an access key that nobody has; its name differs between protocols. */
export const unknownKey = (name: 'UnrecognizedClientException' | 'InvalidClientTokenId'): ApiError =>
  new ApiError(name, 'The access key is not known to the local mode', 403);
