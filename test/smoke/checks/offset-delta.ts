import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { blob, commit, tree } from '../objects/object.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const offsetDelta: Check = {
  name: 'offset-delta',
  area: 'pushing',
  question: 'Is a pack with an offset delta, which is not advertised, still refused?',
  expects: 'refused ("offset deltas are not supported"): so a source is never asked for them',
  means: {
    asExpected: 'nothing to do: ccrepl asks a source for none where the destination does not offer them',
    different: 'nothing to do: ccrepl does not send them; the look-alike is stricter than CodeCommit',
  },
  run: async (stage) => {
    const base = blob(`${stage.id} offset-delta\n`);
    const object = blob(Buffer.concat([base.body, Buffer.from('and more\n')]));
    const root = tree({ 'a.txt': base, 'b.txt': object });
    const made = commit(root, [], 'offset-delta');
    const command = creation('refs/heads/offset-delta', made.oid);
    const pushed = await stage.source.push([command], [made, root, base, { delta: 'by-offset', base, object }]);
    return tell(!isDone(command, pushed.after), `"${wordsFor(command.ref, pushed)}"`);
  },
};
