import type { Check } from '../check.ts';
import { couldNotTell, different } from '../check.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';
import { describeTrial, eitherWay, trial } from '../wire/trial.ts';

export const nameConflict: Check = {
  name: 'name-conflict',
  area: 'pushing',
  question: 'What is said of a branch "a/b" where there is a branch "a"?',
  expects: 'refused by itself; the other ref of the push is written',
  means: {
    asExpected: 'ccrepl deletes the one before it creates the other, in a push before',
    different:
      'if it was taken: a source may have both, and ccrepl keeps one of them back at the destination; report this',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const setUp = creation('refs/heads/name-conflict', tip.tip);
    const made = await stage.source.push([setUp], []);
    if (!isDone(setUp, made.after)) return couldNotTell(`its branch was not written: "${wordsFor(setUp.ref, made)}"`);
    const one = await trial(stage.source, '"a/b" beside "a"', creation('refs/heads/name-conflict/b', tip.tip), tip.tip);
    return one.taken ? different(describeTrial(one)) : eitherWay([one]);
  },
};
