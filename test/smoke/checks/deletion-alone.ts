import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const deletionAlone: Check = {
  name: 'deletion-alone',
  area: 'pushing',
  question: 'Is a branch deleted by a push without any pack?',
  expects: 'it is gone',
  means: {
    asExpected: 'branches that are deleted at the source go from the replica',
    different: 'use "deletes": "keep", and report this',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const made = creation('refs/heads/deletion-alone', tip.tip);
    const before = await stage.source.push([made], []);
    if (!isDone(made, before.after)) return couldNotTell(`its branch was not written: "${wordsFor(made.ref, before)}"`);
    const command = { ref: made.ref, old: tip.tip, new: undefined };
    const pushed = await stage.source.push([command], []);
    return tell(isDone(command, pushed.after), `"${wordsFor(made.ref, pushed)}"`);
  },
};
