import type { Check } from '../check.ts';
import { different } from '../check.ts';
import { nameOf } from '../wire/long-name.ts';
import { creation } from '../wire/push.ts';
import { describeTrials, eitherWay, trial } from '../wire/trial.ts';

const FORTY_DIGITS = 'deadbeef'.repeat(5);

export const branchNames: Check = {
  name: 'branch-names',
  area: 'names',
  question: 'Which names of branches are refused: of 256 and 257 characters, of 40 hexadecimal digits?',
  expects: '256 characters are taken; the others are taken, or refused by themselves',
  means: {
    asExpected: 'a branch that CodeCommit refuses is reported with its words, and holds up no other',
    different: 'a branch with a long name is not replicated, or keeps others back: give it a shorter one at the source',
  },
  run: async (stage) => {
    const at = (await stage.history()).tip.tip;
    const longest = await trial(
      stage.source,
      '256 characters',
      creation(nameOf('refs/heads/branch-names/', 256), at),
      at,
    );
    const tooLong = creation(nameOf('refs/heads/branch-names/', 257), at);
    const others = [
      await trial(stage.source, '257 characters', tooLong, at),
      await trial(stage.source, '40 hexadecimal digits', creation(`refs/heads/${FORTY_DIGITS}`, at), at),
    ];
    // ccrepl takes the documented quota at its word and would leave it behind: later checks compare both sides.
    if (others[0]?.taken) await trial(stage.source, 'its deletion', { ...tooLong, old: at, new: undefined }, at);
    return longest.taken ? eitherWay([longest, ...others]) : different(describeTrials([longest, ...others]));
  },
};
