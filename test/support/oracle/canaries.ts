import type { AwsCredentials } from '../../../git/codecommit/signature.ts';

/** Keys that are found wherever they are shown. */
export const CANARIES = {
  accessKeyId: 'ASIACANARY0000000000',
  secretAccessKey: 'cAnArY/secret+key/qV2wX9zR4tY7uJ1mB6nC',
  sessionToken: 'cAnArY+session/token==pL8kH3gF5dS0aQ',
} as const satisfies AwsCredentials;

/** So much of a secret's beginning gives it away. */
const BEGINNING = 10;

/** Every form in which the beginning of a secret could be said: as it is, or as a part of a URL. */
export function canariesOf({ secretAccessKey, sessionToken = '' }: AwsCredentials): string[] {
  return [secretAccessKey, sessionToken].flatMap(beginnings);
}

/** The same of what an Authorization header holds: the session token and the signed password, also in base64. */
export function canariesIn(header: string | undefined): string[] {
  const encoded = /^Basic (.+)$/.exec(header ?? '')?.[1];
  if (encoded === undefined) return [];
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  const [token, password] = [decoded.indexOf('%') + 1, decoded.lastIndexOf(':') + 1];
  // A signed password begins with the time, which is no secret.
  const signature = password + (/^\d{8}T\d{6}Z(?=[0-9a-f]{64}$)/.exec(decoded.slice(password))?.[0].length ?? 0);
  const places = [...(token > 0 && token < password ? [token] : []), signature];
  return places.flatMap((at) => [
    ...beginnings(decoded.slice(at)),
    // The first whole group of four characters after it.
    encoded.slice(Math.ceil(at / 3) * 4).slice(0, BEGINNING),
  ]);
}

function beginnings(secret: string): string[] {
  const beginning = secret.slice(0, BEGINNING);
  return beginning.length < BEGINNING ? [] : [beginning, encodeURIComponent(beginning)];
}
