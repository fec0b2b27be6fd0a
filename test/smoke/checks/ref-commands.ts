import { REF_COMMANDS_MAX } from '../../../local/codecommit/profile.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { MANY, manyCreations } from '../stage/stage.ts';
import { isDone, wordsFor } from '../wire/push.ts';

const COUNT = REF_COMMANDS_MAX.toLocaleString('en');

export const refCommands: Check = {
  name: 'ref-commands',
  area: 'limits',
  question: `Does a push take ${COUNT} ref commands, and what is said of one more?`,
  expects: `${COUNT} are written; of one more none is`,
  means: {
    asExpected: 'repositories with more branches and tags are replicated in several pushes',
    different: 'if fewer are taken: a replication of many branches fails, report this; if more are: nothing to do',
  },
  run: async (stage) => {
    const { commands, pushed, ms } = await stage.manyBranches();
    const written = commands.filter((command) => isDone(command, pushed.after)).length;
    const [sample] = commands;
    const words = sample === undefined ? '' : wordsFor(sample.ref, pushed);
    const { tip } = await stage.history();
    const over = manyCreations('over', MANY + 1, tip.tip);
    const { after, ...sent } = await stage.source.push(over, []);
    const overWritten = over.filter((command) => isDone(command, after)).length;
    const overWords = over[0] === undefined ? '' : wordsFor(over[0].ref, sent);
    return tell(
      written === MANY && overWritten === 0,
      `${MANY}: ${written} written in ${ms} ms, "${words}" | ${MANY + 1}: ${overWritten} written, "${overWords}"`,
    );
  },
};
