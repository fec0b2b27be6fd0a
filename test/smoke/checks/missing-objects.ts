import { judge } from '../../../container/relay/outcome.ts';
import type { Oid } from '../../../git/oid.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { blob, commit, tree } from '../objects/object.ts';
import { type Entry, packOf } from '../objects/pack.ts';
import type { Stage } from '../stage/stage.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const missingObjects: Check = {
  name: 'missing-objects',
  area: 'pushing',
  question: 'What is said of a pack that relies on an object, or a parent commit, that the repository has not?',
  expects: 'refused, nothing written, in words by which ccrepl knows that a pack in full may help',
  means: {
    asExpected: 'a destination that lost objects is healed by the next run, and never takes half a history',
    different:
      'either a push may leave a history with holes (run git fsck on clones), or ccrepl does not try again in full',
  },
  run: async (stage) => {
    const base = blob(`${stage.id} never pushed\n`);
    const object = blob(Buffer.concat([base.body, Buffer.from('and more\n')]));
    const root = tree({ 'file.txt': object });
    const onMissingBase = commit(root, [], 'missing base');
    const never = stage.change('never pushed');
    const orphan = stage.change('parent is missing', [never.tip]);
    const seen = [
      await attempt(stage, 'base', onMissingBase.oid, [onMissingBase, root, { delta: 'by-id', base, object }]),
      await attempt(stage, 'parent', orphan.tip, orphan.objects),
    ];
    return tell(
      seen.every(({ good }) => good),
      seen.map(({ found }) => found).join(' | '),
    );
  },
};

async function attempt(stage: Stage, what: string, tip: Oid, objects: readonly Entry[]) {
  const command = creation(`refs/heads/missing-objects/${what}`, tip);
  const { after, ...sent } = await stage.source.push([command], objects);
  const { ref, new: next } = command;
  const packBytes = packOf(objects).length;
  const pushed = { ...sent, sourceFailed: false, packBytes, objects: objects.length };
  const { again } = judge(
    { ref, action: 'create', old: undefined, new: next, reason: 'new-at-source' },
    after.refs.get(ref),
    pushed,
  );
  const taken = isDone(command, after);
  const known = again === 'more-objects' ? 'words that ccrepl knows' : 'words that ccrepl does not know';
  return {
    good: !taken && again === 'more-objects',
    found: `missing ${what}: ${taken ? 'TAKEN' : 'refused'}, "${wordsFor(ref, sent)}"${taken ? '' : `, ${known}`}`,
  };
}
