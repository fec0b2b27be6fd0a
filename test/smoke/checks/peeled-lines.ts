import type { Check } from '../check.ts';
import { different, tell } from '../check.ts';

export const peeledLines: Check = {
  name: 'peeled-lines',
  area: 'reading',
  question: 'How is an annotated tag advertised: is there a line "TAG^{}" beside it?',
  expects: 'the tag with the id of the tag object; a peeled line beside it, or none',
  means: {
    asExpected: 'annotated tags are replicated as they are, with their messages and signatures',
    different: 'annotated tags cannot be replicated as they are: do not rely on them',
  },
  run: async (stage) => {
    const { tag } = await stage.history();
    const answer = await stage.source.raw('info/refs?service=git-upload-pack', { headers: {} });
    if ('broken' in answer) return different(answer.broken);
    const text = answer.body.toString('latin1');
    const own = text.includes(`${tag.object.oid} refs/tags/${tag.name}\n`);
    const peeled = text.includes(`${tag.of} refs/tags/${tag.name}^{}`);
    return tell(own, `the tag object's id: ${own ? 'yes' : 'no'}; a peeled line: ${peeled ? 'yes' : 'no'}`);
  },
};
