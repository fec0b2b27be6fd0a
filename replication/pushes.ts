import type { RefName } from '../git/ref.ts';
import { conflictsWith } from './names.ts';
import { type Plan, type PlannedHead, willExist, writes } from './plan.ts';
import { STAND_IN_BRANCH } from './reserved.ts';

/** Most ref commands in one push (a quota of CodeCommit). */
export const COMMANDS_PER_PUSH_MAX = 4000;

/** One thing to do at the destination; each is proven before the next begins. */
export type Step = { kind: 'push'; heads: PlannedHead[] } | { kind: 'default-branch'; branch: RefName };

/**
 * What to do, in the order in which it must be done:
 * 1. old tips that are archived;
 * 2. creations and updates, `first` in front (it becomes the default branch of an empty repository);
 * 3. the default branch, if it differs, because no server deletes the one that is set;
 * 4. deletions that free a name (`a` before `a/b`, or the other way), and the creations that wait for it;
 * 5. the other deletions; with 2 in one push where nothing must come between;
 * and after all that, whatever helped.
 */
export function planSteps(plan: Plan, options: { first?: RefName | undefined; max?: number } = {}): Step[] {
  const { first, max = COMMANDS_PER_PUSH_MAX } = options;
  const moving = plan.heads.filter(writes);
  const archives = moving.filter(({ reason }) => reason === 'archive');
  const deletes = moving.filter(({ action }) => action === 'delete');
  const inTheWay = conflictsWith(deletes.map(({ ref }) => ref));
  const others = moving.filter(({ action, reason }) => action !== 'delete' && reason !== 'archive');
  const waits = ({ action, ref }: PlannedHead) => action === 'create' && inTheWay(ref);
  const free = others.filter((head) => !waits(head));
  const waiting = others.filter(waits);
  const freesName = conflictsWith(waiting.map(({ ref }) => ref));
  const freeing = deletes.filter(({ ref }) => freesName(ref));
  // A rename is a creation and a deletion: the tip must be there under the new name before it goes under the old.
  const renamed = new Set(others.map((head) => head.new));
  const isRename = ({ old }: PlannedHead) => renamed.has(old);
  const later = deletes.filter((head) => !freesName(head.ref) && isRename(head));
  const rest = deletes.filter((head) => !freesName(head.ref) && !isRename(head));
  toFront(free, first);
  toFront(waiting, first);

  const change = defaultChange(plan, waiting, freeing);
  const pushes = (heads: readonly PlannedHead[]): Step[] =>
    chunks(heads, max).map((part) => ({ kind: 'push', heads: part }));
  // Apart: whatever was not taken must be known before something is deleted for it.
  const together = change.before === undefined && change.after === undefined && waiting.length === 0;
  return [
    ...pushes(archives),
    ...pushes(together ? [...free, ...rest] : [...free, ...change.standIn]),
    ...setDefault(change.before),
    ...pushes(freeing),
    ...pushes(waiting),
    ...setDefault(change.after),
    ...pushes(together ? later : [...rest, ...later]),
  ];
}

const setDefault = (branch: RefName | undefined): Step[] =>
  branch === undefined ? [] : [{ kind: 'default-branch', branch }];

/** When the default branch changes, and over which other branch if the wanted one cannot exist before the old one is gone. */
function defaultChange(plan: Plan, waiting: readonly PlannedHead[], freeing: readonly PlannedHead[]) {
  const none = { before: undefined, after: undefined, standIn: [] };
  if (!plan.defaultBranch?.settable) return none;
  const { wanted, found } = plan.defaultBranch;
  const exists = willExist(plan);
  if (!exists(wanted)) return none;
  const names = new Set(waiting.map(({ ref }) => ref));
  if (!names.has(wanted)) return { ...none, before: wanted };
  if (!freeing.some(({ ref }) => ref === found)) return { ...none, after: wanted };
  const other = [...plan.source.keys()].find((ref) => ref.startsWith('refs/heads/') && !names.has(ref) && exists(ref));
  if (other !== undefined) return { ...none, before: other, after: wanted };
  const tip = plan.source.get(wanted);
  const standIn: PlannedHead = {
    ref: STAND_IN_BRANCH,
    action: 'create',
    old: undefined,
    new: tip,
    reason: 'new-at-source',
  };
  return { before: STAND_IN_BRANCH, after: wanted, standIn: [standIn] };
}

function toFront(heads: PlannedHead[], first: RefName | undefined): void {
  const at = heads.findIndex(({ ref }) => ref === first);
  if (at > 0) heads.unshift(...heads.splice(at, 1));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}
