import type { Check } from '../check.ts';
import { creation } from '../wire/push.ts';
import { eitherWay, trial } from '../wire/trial.ts';

export const refsBeyond: Check = {
  name: 'refs-beyond',
  area: 'names',
  question: 'Are refs beside branches and tags accepted: refs/notes/…, refs/meta/…?',
  expects: 'taken, or refused by themselves: none are sent unless "refs" of a replica names them',
  means: {
    asExpected: 'what was taken here may be named in "refs" of a replica; what was refused may not',
    different: 'keep "refs" of replicas to branches and tags',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const at = tip.tip;
    return eitherWay([
      await trial(stage.source, 'refs/notes/commits', creation('refs/notes/commits', at), at),
      await trial(stage.source, 'refs/meta/config', creation('refs/meta/config', at), at),
    ]);
  },
};
