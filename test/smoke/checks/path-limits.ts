import type { Check } from '../check.ts';
import { commit, type GitObject, tree } from '../objects/object.ts';
import type { Stage } from '../stage/stage.ts';
import { creation } from '../wire/push.ts';
import { eitherWay, trial } from '../wire/trial.ts';

/** Quotas of the user guide; it does not say whether they hold for pushes. */
const DEPTH_MAX = 20;
const PATH_MAX = 4096;

export const pathLimits: Check = {
  name: 'path-limits',
  area: 'names',
  question: `Are pushes checked for the length of paths (${PATH_MAX} characters) and for their depth (${DEPTH_MAX} folders)?`,
  expects: 'taken, or refused by themselves: what a source has taken, a destination takes',
  means: {
    asExpected:
      'between two CodeCommit repositories there is nothing to do; from another host, what was refused here will be',
    different: 'one commit with such a path keeps other branches back: take it out at the source',
  },
  run: async (stage) => {
    const deep = Array.from({ length: DEPTH_MAX + 1 }, (_, n) => `d${n + 1}`);
    const long = pathOf(PATH_MAX + 1);
    return eitherWay([
      await attempt(stage, `${deep.length} folders deep`, 'deep', deep),
      await attempt(stage, `a path of ${[...long, FILE].join('/').length} characters`, 'long', long),
    ]);
  },
};

const FILE = 'file.txt';

/** Folders, fewer than are too many, whose path to the file has so many characters. */
function pathOf(length: number): string[] {
  const folders = DEPTH_MAX - 3;
  const characters = length - FILE.length - folders;
  const each = Math.floor(characters / folders);
  const names = Array.from({ length: folders }, () => 'p'.repeat(each));
  return ['p'.repeat(characters - each * (folders - 1)), ...names.slice(1)];
}

function attempt(stage: Stage, label: string, name: string, folders: readonly string[]) {
  const { file } = stage.change(`path-limits ${name}`);
  const trees: GitObject[] = [tree({ [FILE]: file })];
  for (const folder of [...folders].reverse()) trees.push(tree({ [folder]: trees.at(-1) as GitObject }));
  const made = commit(trees.at(-1) as GitObject, [], `path-limits ${name}`);
  // The branch beside it is at a commit that nothing is wrong with.
  const beside = stage.change(`path-limits, beside ${name}`);
  const objects = [made, ...trees, file, ...beside.objects];
  return trial(stage.source, label, creation(`refs/heads/path-limits/${name}`, made.oid), beside.tip, objects);
}
