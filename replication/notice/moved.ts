import type { Reason } from '../reasons.ts';

const SOURCE = 'the source';
const DESTINATION = 'the destination: somebody else pushed to it';
const ONLY_READ_ONCE = 'the source, if what it shows is right';

/** Which side changed since both were equal: the first that somebody asks who is woken up. */
const MOVED: Record<Reason, string> = {
  'new-at-source': SOURCE,
  'moved-at-source': SOURCE,
  'rewritten-at-source': SOURCE,
  'gone-at-source': SOURCE,
  archive: SOURCE,
  'kept-by-policy': SOURCE,
  diverged: DESTINATION,
  'origin-unknown': 'not known: perhaps the destination, perhaps only the source',
  'source-empty': ONLY_READ_ONCE,
  'source-inconsistent': ONLY_READ_ONCE,
  'views-disagree': ONLY_READ_ONCE,
  unconfirmed: ONLY_READ_ONCE,
  'rewrite-refused': SOURCE,
  'rewrite-possible': SOURCE,
  'archive-failed': SOURCE,
  'mass-change': SOURCE,
  'name-taken': SOURCE,
  'name-too-long': SOURCE,
  'deletes-unsupported': SOURCE,
  'rename-failed': SOURCE,
  'default-branch': SOURCE,
  'invalid-name': 'not known: a head with such a name is never replicated',
};

/** Undefined for a reason that this version does not know. */
export const movedSide = (reason: string): string | undefined => MOVED[reason as Reason];
