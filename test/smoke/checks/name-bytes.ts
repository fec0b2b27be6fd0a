import type { RefName } from '../../../git/ref.ts';
import type { Check } from '../check.ts';
import { different } from '../check.ts';
import { creation } from '../wire/push.ts';
import { describeTrials, eitherWay, trial } from '../wire/trial.ts';

export const nameBytes: Check = {
  name: 'name-bytes',
  area: 'names',
  question: 'Are names kept byte for byte that are UTF-8, and that are not?',
  expects: 'UTF-8 is taken; other bytes are taken, or refused by themselves',
  means: {
    asExpected: 'a name is at the destination as it is at the source, or named in the report',
    different: 'branches with names beyond ASCII are not replicated: rename them at the source',
  },
  run: async (stage) => {
    const at = (await stage.history()).tip.tip;
    const { source } = stage;
    const utf8 = await trial(source, 'UTF-8 (zürich/東京)', creation('refs/heads/name-bytes/zürich/東京', at), at);
    const bytes = { ref: 'refs/heads/name-bytes/\xff\xfe' as RefName, old: undefined, new: at };
    const other = await trial(source, 'bytes FF FE', bytes, at);
    return utf8.taken ? eitherWay([utf8, other]) : different(describeTrials([utf8, other]));
  },
};
