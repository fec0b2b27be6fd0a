import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const emptyPackCreate: Check = {
  name: 'empty-pack-create',
  area: 'pushing',
  question: 'Is a branch created by a push whose pack has no objects?',
  expects: 'it is written',
  means: {
    asExpected: 'new branches and tags of known commits cost no transfer, and more than 4,000 go in several pushes',
    different: 'branches that bring no new commits cannot be created: report this',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const command = creation('refs/heads/empty-pack-create', tip.tip);
    const pushed = await stage.source.push([command], []);
    return tell(isDone(command, pushed.after), `"${wordsFor(command.ref, pushed)}"`);
  },
};
