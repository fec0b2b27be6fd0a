import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { askGit, type Refs } from '../support/oracle/refs.ts';

/** What the source knows of the history of its heads. */
export interface History {
  /** Heads that the source moved to what does not descend from where they were. */
  rewritten: ReadonlySet<RefName>;
  /** All that leads from what the destination had to a tip, by its head: where a history that goes in steps may stand meanwhile. */
  onTheWay: ReadonlyMap<RefName, ReadonlySet<Oid>>;
}

export async function historyOf(source: string, from: Refs, to: Refs): Promise<History> {
  const rewritten = new Set<RefName>();
  const onTheWay = new Map<RefName, ReadonlySet<Oid>>();
  for (const [ref, tip] of to) {
    const old = from.get(ref);
    if (old === tip) continue;
    const beyond = old === undefined ? [] : [`^${old}`];
    onTheWay.set(ref, new Set((await askGit(source, 'rev-list', tip, ...beyond)).trim().split('\n') as Oid[]));
    if (old !== undefined && (await askGit(source, 'rev-list', '--max-count=1', old, `^${tip}`)) !== '')
      rewritten.add(ref);
  }
  return { rewritten, onTheWay };
}
