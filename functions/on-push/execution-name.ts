import { createHash } from 'node:crypto';

/**
 * The name under which a replica's execution is started for these records: the same whenever they are delivered again, in whatever
 * order; another if but one record is another, or a name that is taken would swallow the push which that one tells of. Within
 * the 80 characters that Step Functions allows; it keeps a name for 90 days.
 */
export function executionName(replica: string, identities: Iterable<string>): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([replica, ...[...identities].sort()]))
    .digest('hex')
    .slice(0, 20);
  return `${replica.replace(/[^\w-]/g, '-').slice(0, 54)}-push-${digest}`;
}
