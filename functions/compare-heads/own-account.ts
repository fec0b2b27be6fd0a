import { ReplicationError } from '../../replication/errors.ts';
import { otherAccountOf, type Replica } from '../../replication/settings.ts';

/**
 * Refuses a destination that names our own account as another: one repository would pass for two, and what is written against that
 * (two replicas with one destination, a replica of itself) would not be seen.
 *
 * @throws ReplicationError `input`
 */
export function refuseOwnAccount({ id, destination }: Replica, functionArn: string): void {
  const [, , , , own = ''] = functionArn.split(':');
  if (otherAccountOf(destination) !== own) return;
  throw new ReplicationError(
    'input',
    `"${id}": its destination names roles of the account ${own}, in which ccrepl runs: expected another account, or no "account"`,
  );
}
