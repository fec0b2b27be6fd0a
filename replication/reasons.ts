/** Why a head is planned as it is; the text completes "REF: …". */
export const REASONS = {
  'new-at-source': 'is at the source and not yet at the destination',
  'moved-at-source': 'has moved at the source',
  'rewritten-at-source': 'was rewritten at the source: the new tip does not descend from the old one',
  'gone-at-source': 'is gone from the source',
  archive: 'keeps the old tip of a head that was rewritten at the source',
  'kept-by-policy': 'is gone from the source, and kept because of "deletes": "keep"',
  diverged: 'was changed at the destination by somebody else: the source does not know its commit',
  'origin-unknown': 'may have been changed at the destination: the source cannot say whether it knows its commit',
  'source-empty': 'is kept: the source shows no heads at all, which is never a reason to delete',
  'source-inconsistent':
    'is kept: the source names a default branch that it does not show, so it may not show all it has',
  'views-disagree': 'is kept: one reading of the source lacks it, and a second, independent one does not',
  unconfirmed: 'is kept: before a deletion a second reading of the source must agree, and there was none',
  'rewrite-refused': 'was rewritten at the source, and is kept because of "rewrites": "refuse"',
  'rewrite-possible':
    'may have been rewritten at the source (nobody can say), and is kept because of "rewrites": "refuse"',
  'archive-failed': 'was rewritten at the source, and is kept: its old tip could not be archived first',
  'mass-change': 'is kept: too many heads would be deleted or rewritten at once, until a person confirms it',
  'name-taken': 'cannot be created: the destination keeps a head of which one name is the directory of the other',
  'name-too-long': 'cannot be created: CodeCommit takes no name of a branch of more than 256 characters',
  'deletes-unsupported':
    'is gone from the source, and kept: the server of the destination does not offer to delete (delete-refs)',
  'rename-failed': 'is kept: the head that is to have its tip instead did not arrive',
  'default-branch': 'is the default branch of the destination, which cannot be deleted and could not be changed',
  'invalid-name': 'has a name that git forbids',
} as const;

export type Reason = keyof typeof REASONS;
