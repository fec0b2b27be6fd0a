import type { Advertisement } from '../../git/protocol/advertisement.ts';
import { type GitRemote, sameRepository } from '../../git/remote.ts';
import type { RepositoryApis } from '../../replication/apis.ts';
import { type DefaultBranches, readDefaultBranches } from '../../replication/default-branch.ts';
import { ReplicationError } from '../../replication/errors.ts';

/** One reading of each side. */
export interface Sides {
  destination: Advertisement;
  source: Advertisement;
  defaultBranches: DefaultBranches;
}

/**
 * Reads the destination, then the source: in this order a slow run can never carry an older state of the source over a newer
 * one, because the old ids of its push come from before.
 */
export async function readSides(source: GitRemote, destination: GitRemote, apis: RepositoryApis): Promise<Sides> {
  if (sameRepository(source, destination)) {
    throw new ReplicationError('input', `${source.where} is the destination too: expected two repositories`);
  }
  const to = await destination.advertisement('git-receive-pack');
  const from = await source.advertisement('git-upload-pack', to.refs);
  if (from.shallow) {
    throw new ReplicationError('input', `${source.where} is a shallow repository: a source needs its whole history`);
  }
  // An empty repository of a server that names no format may still take either.
  if (from.objectFormat !== to.objectFormat && from.refs.size > 0) {
    throw new ReplicationError(
      'input',
      `${source.where} uses ${from.objectFormat}, ${destination.where} ${to.objectFormat}: both must use the same object format`,
    );
  }
  return { source: from, destination: to, defaultBranches: await readDefaultBranches(apis) };
}
