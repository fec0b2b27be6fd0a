import type { RefName } from '../../git/ref.ts';
import type { Sides } from './sides.ts';

/**
 * The branch that the source's HEAD names: what the API or the server says, else a branch with HEAD's commit, the usual names
 * first. Good enough to choose which branch to push first; to set a default, the source must have said it.
 */
export function likelyDefaultBranch({ source, defaultBranches }: Sides): RefName | undefined {
  const { head, refs } = source;
  const said = defaultBranches.source ?? source.headTarget;
  if (said !== undefined && refs.has(said)) return said;
  const usual = ['refs/heads/main', 'refs/heads/master'] as RefName[];
  const same = (ref: RefName) => head !== undefined && refs.get(ref) === head;
  return usual.find(same) ?? [...refs.keys()].find((ref) => ref.startsWith('refs/heads/') && same(ref));
}
