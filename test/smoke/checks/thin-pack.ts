import type { Check } from '../check.ts';
import { asExpected, different } from '../check.ts';
import { blob, commit, tree } from '../objects/object.ts';
import { fetchAll } from '../wire/fetch.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const thinPack: Check = {
  name: 'thin-pack',
  area: 'pushing',
  question: 'Is a thin pack accepted: a delta against an object that only the repository has?',
  expects: 'it is written, and can be fetched whole again',
  means: {
    asExpected: 'a small change costs a small push',
    different: 'ccrepl sends such a pack once more in full: it works, and every change costs more',
  },
  run: async (stage) => {
    const { line } = await stage.history();
    const base = line[0].file;
    const object = blob(Buffer.concat([base.body, Buffer.from('thin\n')]));
    const root = tree({ 'file.txt': object });
    const made = commit(root, [line[0].tip], 'thin-pack');
    const command = creation('refs/heads/thin-pack', made.oid);
    const pushed = await stage.source.push([command], [made, root, { delta: 'by-id', base, object }]);
    const words = wordsFor(command.ref, pushed);
    if (!isDone(command, pushed.after)) return different(`refused: "${words}"`);
    // Three of this commit and three of its parent.
    const { objects } = await fetchAll(stage.source.remote, { wants: [made.oid], haves: [] });
    return objects === 6
      ? asExpected(`"${words}"; ${objects} objects fetched again`)
      : different(`${objects} objects fetched again, not 6`);
  },
};
