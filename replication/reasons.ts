/** Why a head is planned as it is; the text completes "REF: …". */
export const REASONS = {
  'new-at-source': 'is at the source and not yet at the destination',
  'moved-at-source': 'has moved at the source',
  'gone-at-source': 'is gone from the source',
  'kept-by-policy': 'is gone from the source, and kept because of "deletes": "keep"',
  diverged: 'was changed at the destination by somebody else: the source does not know its commit',
  'origin-unknown': 'may have been changed at the destination: the source cannot say whether it knows its commit',
  'source-empty': 'is kept: the source shows no heads at all, which is never a reason to delete',
  'invalid-name': 'has a name that git forbids',
} as const;

export type Reason = keyof typeof REASONS;
