import { basic } from '../../git/credentials.ts';
import { GitRemote } from '../../git/remote.ts';
import { compareRemotes } from '../../replication/compare.ts';
import type { Plan } from '../../replication/plan.ts';
import { destinationUrl, type LocalReplica, REPLICA, sourceUrl } from '../demonstration.ts';
import { DEVELOPER } from '../people.ts';
import type { LocalSystem } from '../system.ts';

/** Both sides as they are now, compared with the code of the product. */
export async function compareNow(system: LocalSystem, replica: LocalReplica = REPLICA): Promise<Plan> {
  const authorize = basic(DEVELOPER.username, DEVELOPER.password);
  const source = new GitRemote({ url: new URL(sourceUrl(system, replica)), authorize, side: 'source' });
  const destination = new GitRemote({ url: new URL(destinationUrl(system, replica)), authorize, side: 'destination' });
  try {
    return await compareRemotes(source, destination, replica.policy);
  } finally {
    source.close();
    destination.close();
  }
}
