import type { RefName } from '../git/ref.ts';
import type { RepositoryApis } from './apis.ts';
import { asReplicationError } from './errors.ts';

/** The default branches as far as an API says them. */
export interface DefaultBranches {
  source: RefName | undefined;
  destination: RefName | undefined;
  /** Whether the destination's is known and can be set. */
  settable: boolean;
  /** Why one could not be read. */
  warnings: string[];
}

/**
 * Asks for the default branches of both sides. One that cannot be read is a warning and nothing more: heads matter more. To
 * be asked after the refs are read: an answer about a later moment makes a deletion wait, never a wrong one.
 */
export async function readDefaultBranches({ source, destination }: RepositoryApis): Promise<DefaultBranches> {
  const warnings: string[] = [];
  const read = async (side: string, ask: (() => Promise<RefName | undefined>) | undefined) => {
    try {
      return { known: ask !== undefined, branch: await ask?.() };
    } catch (error) {
      warnings.push(`the default branch of the ${side} could not be read: ${asReplicationError(error).message}`);
      return { known: false, branch: undefined };
    }
  };
  const [from, to] = await Promise.all([
    read('source', source && (() => source.defaultBranch())),
    read('destination', destination && (() => destination.defaultBranch())),
  ]);
  return { source: from.branch, destination: to.branch, settable: to.known, warnings };
}
