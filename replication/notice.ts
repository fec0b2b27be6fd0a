import type { AlertRequest } from './contract.ts';
import { composeDigest } from './notice/digest.ts';
import type { Notice, NoticeLinks } from './notice/message.ts';
import { occasionOf } from './notice/occasion.ts';
import { composeRecovery } from './notice/recovery.ts';
import { composeTrouble } from './notice/trouble.ts';
import type { Replica } from './settings.ts';

/**
 * One clear message: what, where, since when, which heads, what to do. When people are told is the state machine's business.
 * `replica` is undefined for a digest, and for a replica that is no longer configured.
 */
export function composeNotice(request: AlertRequest, replica: Replica | undefined, links: NoticeLinks): Notice {
  if ('digest' in request) return composeDigest(request, links);
  const compose = occasionOf(request.state) === 'well-again' ? composeRecovery : composeTrouble;
  return compose(request, replica, links);
}
