import type { LoadCredentials } from '../git/codecommit/remote.ts';
import { isCodeCommit, type OtherAccount, type Replica } from '../replication/settings.ts';
import { assumedRole } from './assumed-role.ts';

/** With whose credentials each side is reached. */
export type SideCredentials = Record<'source' | 'destination', LoadCredentials>;

const SESSION_NAME_MAX = 64;

/** Our own for the source; for a destination in another account those of the role there that we are to be. */
export function sideCredentials(
  { id, destination }: Pick<Replica, 'id' | 'destination'>,
  own: LoadCredentials,
  as: Exclude<keyof OtherAccount, 'externalId'>,
): SideCredentials {
  if (!isCodeCommit(destination) || destination.account === undefined) return { source: own, destination: own };
  const { account, region } = destination;
  const role = {
    roleArn: account[as],
    externalId: account.externalId,
    // Always the same for a replica, so that a trust policy can ask for it (sts:RoleSessionName).
    sessionName: `ccrepl-${id}`.slice(0, SESSION_NAME_MAX),
    region,
  };
  return { source: own, destination: assumedRole(own, role) };
}
