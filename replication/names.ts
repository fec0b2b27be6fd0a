import { type RefName, refBytes } from '../git/ref.ts';
import { type Plan, refuseHeads } from './plan.ts';

/** `refs/heads/a/b` → `refs`, `refs/heads`, `refs/heads/a`. */
function directoriesOf(ref: RefName): string[] {
  const directories: string[] = [];
  for (let at = ref.indexOf('/'); at >= 0; at = ref.indexOf('/', at + 1)) directories.push(ref.slice(0, at));
  return directories;
}

/** Whether a ref cannot exist beside one of `others`: one name is a directory of the other. */
export function conflictsWith(others: Iterable<RefName>): (ref: RefName) => boolean {
  const names = new Set<string>();
  const directories = new Set<string>();
  for (const ref of others) {
    names.add(ref);
    for (const directory of directoriesOf(ref)) directories.add(directory);
  }
  return (ref) => directories.has(ref) || directoriesOf(ref).some((directory) => names.has(directory));
}

/** A quota of CodeCommit (user guide, "Quotas"). There is none for the name of a tag. */
const BRANCH_CHARACTERS_MAX = 256;
const BRANCHES = 'refs/heads/';

/** The plan without branches that CodeCommit cannot have: nobody knows whether it would refuse them alone, or their whole push. */
export function refuseLongNames(plan: Plan): Plan {
  const isLong = (ref: RefName) =>
    ref.length > BRANCHES.length + BRANCH_CHARACTERS_MAX &&
    ref.startsWith(BRANCHES) &&
    [...refBytes(ref).toString('utf8')].length > BRANCHES.length + BRANCH_CHARACTERS_MAX;
  return refuseHeads(plan, ({ action, ref }) => (action === 'create' && isLong(ref) ? 'name-too-long' : undefined));
}

/** The plan without creations whose name a head takes that stays at the destination: no server could carry them out. */
export function refuseTakenNames(plan: Plan): Plan {
  if (!plan.heads.some(({ action }) => action === 'create')) return plan;
  const leaving = new Set(plan.heads.filter(({ action }) => action === 'delete').map(({ ref }) => ref));
  const isTaken = conflictsWith([...plan.destination.keys()].filter((ref) => !leaving.has(ref)));
  return refuseHeads(plan, (head) => (head.action === 'create' && isTaken(head.ref) ? 'name-taken' : undefined));
}
