import type { ServerResponse } from 'node:http';

/**
 * Which requests are throttled: the next so many of a kind, or every so manieth of both kinds together. The counts are kept in
 * it: the first form counts down to 0, the second counts `seen` up.
 */
export type Throttle = { git?: number; api?: number } | { every: number; seen?: number };

/** Counts a request, and says whether it is one to throttle. */
export function throttles(throttle: Throttle | undefined, kind: 'git' | 'api'): boolean {
  if (throttle === undefined) return false;
  if ('every' in throttle) {
    throttle.seen = (throttle.seen ?? 0) + 1;
    return throttle.seen % throttle.every === 0;
  }
  const left = throttle[kind] ?? 0;
  if (left <= 0) return false;
  throttle[kind] = left - 1;
  return true;
}

/** The statuses of it: the API's is no 429, and that of an XML body on a JSON API (hashicorp/terraform#22686). */
export const THROTTLED_STATUS = { git: 429, api: 400 } as const;

/** As dumped byte by byte in hashicorp/terraform#22686, for the API; that the git endpoint sends the same is a guess. */
const BODY = '<ThrottlingException>\n  <Message>Rate exceeded</Message>\n</ThrottlingException>\n';

export function answerThrottled(response: ServerResponse, kind: 'git' | 'api'): void {
  response.writeHead(THROTTLED_STATUS[kind], { 'Content-Type': 'text/xml', 'Content-Length': String(BODY.length) });
  response.end(BODY);
}
