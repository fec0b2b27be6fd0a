import { ARCHIVE_PREFIX } from '../../../replication/reserved.ts';
import type { Check } from '../check.ts';
import { different } from '../check.ts';
import { nameOf } from '../wire/long-name.ts';
import { creation } from '../wire/push.ts';
import { describeTrials, eitherWay, mustBeTaken, trial } from '../wire/trial.ts';

export const tagNames: Check = {
  name: 'tag-names',
  area: 'names',
  question: 'How long may the name of a tag be, and is one of 40 hexadecimal digits taken?',
  expects:
    '256 characters are taken, in the form of an archive tag too; longer ones are taken, or refused by themselves',
  means: {
    asExpected: '"rewrites": "archive" can keep every old tip',
    different: 'do not use "rewrites": "archive" with long branch names; tags with long names are reported as rejected',
  },
  run: async (stage) => {
    const { source } = stage;
    const at = (await stage.history()).tip.tip;
    const archive = nameOf(`${ARCHIVE_PREFIX}${at}/heads/`, 256);
    const needed = [
      await trial(source, '256 characters', creation(nameOf('refs/tags/tag-names/', 256), at), at),
      await trial(source, 'an archive tag of 256 characters', creation(archive, at), at),
    ];
    const others = [
      await trial(source, '40 hexadecimal digits', creation(`refs/tags/${'deadbeef'.repeat(5)}`, at), at),
    ];
    for (const length of [257, 512, 1024]) {
      const name = nameOf('refs/tags/tag-names/', length);
      others.push(await trial(source, `${length} characters`, creation(name, at), at));
    }
    const all = [...needed, ...others];
    return mustBeTaken(needed) ? eitherWay(all) : different(describeTrials(all));
  },
};
