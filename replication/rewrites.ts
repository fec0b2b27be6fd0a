import type { Oid } from '../git/oid.ts';
import { isMassChange } from './mass-change.ts';
import type { Plan, PlannedHead } from './plan.ts';
import type { Policy } from './policy.ts';
import { archiveRef } from './reserved.ts';

/** Somebody who can say whether all of `oids` are in the history of `tips`. Undefined if it cannot say. */
export type Contains = (tips: readonly Oid[], oids: readonly Oid[]) => Promise<boolean | undefined>;

/** Questions that are under way at once. */
const QUESTIONS_AT_ONCE = 4;
/** Moves in one question about many. */
const MOVES_PER_QUESTION = 5000;
/** Questions that the guard against mass changes may cost; moves that are not settled by then count as rewrites. */
const GUARD_QUESTIONS_MAX = 4000;

interface Move {
  ref: string;
  old: Oid;
  new: Oid;
}

const movesOf = (plan: Plan): Move[] =>
  plan.heads.flatMap(({ ref, action, old, new: next }) =>
    action === 'update' && old !== undefined && next !== undefined ? [{ ref, old, new: next }] : [],
  );

/**
 * Whether it matters which moves go forward: the policy treats rewrites apart, or they are so many that the guard against mass
 * changes may have to act. For the few moves of an ordinary push nobody is asked.
 */
export function mustKnowRewrites(plan: Plan, policy: Policy): boolean {
  const moves = movesOf(plan).length;
  if (moves === 0) return false;
  if (policy.rewrites !== 'mirror') return true;
  const deletes = plan.heads.filter(({ action }) => action === 'delete').length;
  return isMassChange(moves + deletes, plan.destination.size, policy);
}

/**
 * The plan with every rewrite named, and treated as the policy says. With `archive` or `refuse` each head is asked about on its
 * own. For the guard alone many are asked about at once: there a move counts as forward if the old tip is still in the history
 * of a head that moves, because then nothing is lost.
 */
export async function settleRewrites(plan: Plan, policy: Policy, authorities: readonly Contains[]): Promise<Plan> {
  if (!mustKnowRewrites(plan, policy)) return plan;
  const moves = movesOf(plan);
  const verdicts = new Map<string, boolean | undefined>();
  if (policy.rewrites === 'mirror') await judgeTogether(moves, authorities, verdicts);
  else await judgeEach(moves, authorities, verdicts);
  return withRewrites(plan, policy, verdicts);
}

/** The plan once it is known which moves go forward (`true`), which do not (`false`), and which nobody can judge. */
export function withRewrites(plan: Plan, policy: Policy, forward: ReadonlyMap<string, boolean | undefined>): Plan {
  const heads = plan.heads.map((head): PlannedHead => {
    const verdict = forward.get(head.ref);
    if (head.action !== 'update' || verdict === true || !forward.has(head.ref)) return head;
    if (policy.rewrites !== 'refuse') return { ...head, reason: 'rewritten-at-source' };
    return { ...head, action: 'refuse', reason: verdict === false ? 'rewrite-refused' : 'rewrite-possible' };
  });
  return { ...plan, heads };
}

/** The plan with a ref for every old tip that the policy archives; one that is archived already needs no other. */
export function withArchives(plan: Plan, policy: Policy): Plan {
  if (policy.rewrites !== 'archive') return plan;
  const archives = new Map<Oid, PlannedHead>();
  for (const { ref, reason, old } of plan.heads) {
    if (reason !== 'rewritten-at-source' || old === undefined || plan.archived.has(old)) continue;
    archives.set(old, { ref: archiveRef(ref, old), action: 'create', old: undefined, new: old, reason: 'archive' });
  }
  return archives.size === 0 ? plan : { ...plan, heads: [...plan.heads, ...archives.values()] };
}

async function judgeEach(
  moves: readonly Move[],
  authorities: readonly Contains[],
  verdicts: Map<string, boolean | undefined>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let move = moves[next++]; move !== undefined; move = moves[next++]) {
      try {
        verdicts.set(move.ref, await ask(authorities, [move.new], [move.old]));
      } catch (error) {
        // The others need not go on for an answer that nobody will read.
        next = moves.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, worker));
}

/** Halves a group until each part is settled: the cost follows the number of rewrites, not of heads. */
async function judgeTogether(
  moves: readonly Move[],
  authorities: readonly Contains[],
  verdicts: Map<string, boolean | undefined>,
): Promise<void> {
  const groups: Move[][] = [];
  for (let at = 0; at < moves.length; at += MOVES_PER_QUESTION) groups.push(moves.slice(at, at + MOVES_PER_QUESTION));
  const tips = new Map<Move, Oid[]>();
  for (const group of groups) {
    const all = group.map((move) => move.new);
    for (const move of group) tips.set(move, all);
  }
  for (let asked = 0; groups.length > 0; asked++) {
    const group = groups.pop() as Move[];
    const [first] = group as [Move];
    const verdict =
      asked < GUARD_QUESTIONS_MAX
        ? await ask(
            authorities,
            tips.get(first) ?? [],
            group.map(({ old }) => old),
          )
        : undefined;
    if (verdict === true || group.length === 1 || asked >= GUARD_QUESTIONS_MAX) {
      for (const { ref } of group) verdicts.set(ref, verdict);
      continue;
    }
    const half = Math.ceil(group.length / 2);
    groups.push(group.slice(half), group.slice(0, half));
  }
}

/** The first authority that proves it decides; what none can prove is not known to go forward. */
async function ask(
  authorities: readonly Contains[],
  tips: readonly Oid[],
  oids: readonly Oid[],
): Promise<boolean | undefined> {
  let verdict: boolean | undefined;
  for (const contains of authorities) {
    const said = await contains(tips, oids);
    if (said === true) return true;
    verdict ??= said;
  }
  return verdict;
}
