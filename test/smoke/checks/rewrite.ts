import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const rewrite: Check = {
  name: 'rewrite',
  area: 'pushing',
  question: 'Is a branch moved to a commit that does not descend from where it stands?',
  expects: 'it is written',
  means: {
    asExpected: 'a history that is rewritten at the source (a forced push) reaches the replica',
    different: 'a rewritten branch does not reach the replica: it is reported as rejected; delete it there by hand',
  },
  run: async (stage) => {
    const { tip, unrelated } = await stage.history();
    const made = creation('refs/heads/rewrite', tip.tip);
    const before = await stage.source.push([made], []);
    if (!isDone(made, before.after)) return couldNotTell(`its branch was not written: "${wordsFor(made.ref, before)}"`);
    const command = { ref: made.ref, old: tip.tip, new: unrelated.tip };
    const pushed = await stage.source.push([command], []);
    return tell(isDone(command, pushed.after), `"${wordsFor(made.ref, pushed)}"`);
  },
};
