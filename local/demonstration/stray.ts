import { destinationUrl, login, REPLICA } from '../demonstration.ts';
import { pushStrayCommit } from '../drift.ts';
import type { LocalSystem } from '../system.ts';

/** Somebody pushes straight to the destination; then an execution looks. Gives the stray commit. */
export async function drift(system: LocalSystem): Promise<string> {
  const { region, repository } = REPLICA.destination;
  const branch = await system.region(region).store.defaultBranch(repository);
  if (branch === undefined) throw new Error('the destination has no branch to push to');
  const commit = await pushStrayCommit(branch, login(destinationUrl(system)));
  await system.startExecution({ replica: REPLICA.id });
  await system.idle();
  return commit;
}
