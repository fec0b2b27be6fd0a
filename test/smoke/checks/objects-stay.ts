import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const objectsStay: Check = {
  name: 'objects-stay',
  area: 'pushing',
  question:
    'Does an object stay that came with a push but that no ref shows, so that a later push without it can use it?',
  expects: 'the later push, with an empty pack, is written',
  means: {
    asExpected: 'the pack of a replication in several pushes is sent once',
    different: 'ccrepl sends each of several pushes a pack of its own: it works, and costs more',
  },
  run: async (stage) => {
    const shown = stage.change('objects-stay, shown');
    const hidden = stage.change('objects-stay, hidden');
    const first = creation('refs/heads/objects-stay/shown', shown.tip);
    const before = await stage.source.push([first], [...shown.objects, ...hidden.objects]);
    if (!isDone(first, before.after)) return couldNotTell(`the first push failed: "${wordsFor(first.ref, before)}"`);
    const second = creation('refs/heads/objects-stay/hidden', hidden.tip);
    const pushed = await stage.source.push([second], []);
    return tell(isDone(second, pushed.after), `the later push: "${wordsFor(second.ref, pushed)}"`);
  },
};
