import { printable, type RefName } from '../../git/ref.ts';
import type { Plan } from '../../replication/plan.ts';
import type { Sides } from './sides.ts';

/** What only CodeCommit's API can do: its git server neither says nor sets which branch is the default. */
export interface DefaultBranchPort {
  /** Absent where the source's git server says it (`symref`). */
  source?: () => Promise<RefName | undefined>;
  destination(): Promise<RefName | undefined>;
  setDestination(branch: RefName): Promise<void>;
}

/**
 * The branch that the source's HEAD names: what the server says, else a branch with HEAD's commit, the usual names first.
 * Good enough to choose which branch to push first; to set a default, ask the port.
 */
export function likelyDefaultBranch(sides: Sides): RefName | undefined {
  const { head, headTarget, refs } = sides.source;
  if (headTarget !== undefined && refs.has(headTarget)) return headTarget;
  const usual = ['refs/heads/main', 'refs/heads/master'] as RefName[];
  const same = (ref: RefName) => head !== undefined && refs.get(ref) === head;
  return usual.find(same) ?? [...refs.keys()].find((ref) => ref.startsWith('refs/heads/') && same(ref));
}

/**
 * Sets the destination's default branch to the source's, if they differ. Needed before the old default is deleted, which no
 * server allows, and after the first push, which makes some branch the default. A refusal is a warning: the heads go on.
 */
export async function alignDefaultBranch(
  port: DefaultBranchPort,
  plan: Plan,
  sides: Sides,
): Promise<string | undefined> {
  try {
    const [wanted, found] = await Promise.all([port.source?.() ?? sides.source.headTarget, port.destination()]);
    if (wanted === undefined || wanted === found || !plan.source.has(wanted)) return undefined;
    await port.setDestination(wanted);
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return `the destination's default branch could not be set to the source's: ${printable(said)}`;
  }
}

/** Whether a push of this plan may need the default branch set before it. */
export const deletesBranches = (heads: Plan['heads']): boolean =>
  heads.some((head) => head.action === 'delete' && head.ref.startsWith('refs/heads/'));
