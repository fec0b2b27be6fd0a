import type { RefName } from '../git/ref.ts';
import { type Plan, type PlannedHead, writes } from './plan.ts';

/** Most ref commands in one push (a quota of CodeCommit). */
export const COMMANDS_PER_PUSH_MAX = 4000;

/**
 * The heads to write, cut into pushes in the order in which they must go: deletions that free a name for a creation (`a` before
 * `a/b`, or the other way), then creations and updates with `first` in front (it becomes the default branch of an empty
 * repository), then the other deletions; in a push of their own with `deletesApart`, because the default branch must be
 * changed between.
 */
export function orderPushes(
  plan: Plan,
  options: { first: RefName | undefined; deletesApart: boolean; max?: number },
): PlannedHead[][] {
  const { first, deletesApart, max = COMMANDS_PER_PUSH_MAX } = options;
  const moving = plan.heads.filter(writes);
  const deletes = moving.filter((head) => head.action === 'delete');
  const others = moving.filter((head) => head.action !== 'delete');
  const inTheWay = conflictsWith(others.filter((head) => head.action === 'create').map((head) => head.ref));
  const leading = others.findIndex((head) => head.ref === first);
  if (leading > 0) others.unshift(...others.splice(leading, 1));
  const freeing = deletes.filter((head) => inTheWay(head.ref));
  const rest = deletes.filter((head) => !inTheWay(head.ref));
  const tail = deletesApart ? [...chunks(others, max), ...chunks(rest, max)] : chunks([...others, ...rest], max);
  return [...chunks(freeing, max), ...tail];
}

/** Whether a ref cannot exist beside one of `creates`: one name is a directory of the other. */
function conflictsWith(creates: readonly RefName[]): (ref: RefName) => boolean {
  const names = new Set<string>(creates);
  const directories = new Set(creates.flatMap(directoriesOf));
  return (ref) => directories.has(ref) || directoriesOf(ref).some((directory) => names.has(directory));
}

/** `refs/heads/a/b` → `refs`, `refs/heads`, `refs/heads/a`. */
function directoriesOf(ref: RefName): string[] {
  const directories: string[] = [];
  for (let at = ref.indexOf('/'); at >= 0; at = ref.indexOf('/', at + 1)) directories.push(ref.slice(0, at));
  return directories;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}
