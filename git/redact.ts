import { printable } from './ref.ts';

const MARK = '[redacted]';
/** Shorter words would be found in any text. */
const SECRET_LENGTH_MIN = 4;
/** So much of a secret's beginning gives it away, also where a text was cut in its middle. */
const BEGINNING = 6;

/** What must never be shown of an Authorization header: itself, and what it says once decoded. */
export function secretsOf(authorization: string): string[] {
  const encoded = authorization.replace(/^\w+ /, '');
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const [username, password] = [decoded.slice(0, colon), decoded.slice(colon + 1)];
  // CodeCommit's user name is the access key id, "%", and the session token. Some hosts take a token for a user name.
  const token = username.includes('%') ? username.slice(username.indexOf('%') + 1) : password === '' ? username : '';
  const spellings = [encoded, password, token].flatMap(spellingsOf);
  return [...new Set(spellings)].filter((secret) => secret.length >= SECRET_LENGTH_MIN);
}

/** How a text that repeats `secret` may have it by the time it is shown: encoded by a server, or put on one line by us. */
function spellingsOf(secret: string): string[] {
  const onOneLine = secret.replace(/\s+/g, ' ');
  const shown = [secret, onOneLine, onOneLine.trim()].map((text) => printable(text, Number.POSITIVE_INFINITY));
  return [secret, encodeURIComponent(secret), ...shown];
}

/** The text without the secrets, whole or only their beginnings: a server may repeat what we sent it. */
export function redact(text: string, secrets: Iterable<string>): string {
  const all = [...secrets];
  let clean = '';
  for (let at = 0; at < text.length; ) {
    const end = Math.max(at, ...all.map((secret) => matchEnd(text, at, secret)));
    clean += end > at ? MARK : text[at];
    at = Math.max(end, at + 1);
  }
  return clean;
}

/** Where the part of `secret` that stands at `at` ends; `at` itself if too little of it stands there. */
function matchEnd(text: string, at: number, secret: string): number {
  if (!text.startsWith(secret.slice(0, BEGINNING), at)) return at;
  let end = at;
  while (end < text.length && end - at < secret.length && text[end] === secret[end - at]) end += 1;
  return end;
}
