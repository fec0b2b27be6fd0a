import type { Check } from '../check.ts';
import { couldNotTell, different } from '../check.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';
import { describeTrials, eitherWay, trial } from '../wire/trial.ts';

export const compareAndSwap: Check = {
  name: 'compare-and-swap',
  area: 'pushing',
  question: 'What is said of a command whose old id is not what the ref stands at?',
  expects: 'refused by itself: an update, a creation of what exists, a deletion; the other ref of each push is written',
  means: {
    asExpected: 'what somebody else has pushed meanwhile is never overwritten',
    different:
      'work that people push to a replica while ccrepl runs may be lost: report this, and let nobody push there',
  },
  run: async (stage) => {
    const { source } = stage;
    const { line, tip } = await stage.history();
    const setUp = creation('refs/heads/compare-and-swap', tip.tip);
    const made = await source.push([setUp], []);
    if (!isDone(setUp, made.after)) return couldNotTell(`its branch was not written: "${wordsFor(setUp.ref, made)}"`);
    const { ref } = setUp;
    const [older, wrong] = [line[0].tip, line[1].tip];
    const all = [
      await trial(source, 'update', { ref, old: wrong, new: older }, tip.tip),
      await trial(source, 'creation', { ref, old: undefined, new: older }, tip.tip),
      await trial(source, 'deletion', { ref, old: wrong, new: undefined }, tip.tip),
    ];
    const still = (await source.read()).refs.get(ref) === tip.tip;
    return still ? eitherWay(all) : different(`the ref was moved! ${describeTrials(all)}`);
  },
};
