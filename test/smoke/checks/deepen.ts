import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { fetchAll } from '../wire/fetch.ts';

export const deepenWithoutDone: Check = {
  name: 'deepen-without-done',
  area: 'fetching',
  question: 'Does "deepen N" without "done" list the commits N steps down, and send no pack?',
  expects: 'exactly the one commit two steps from the tip',
  means: {
    asExpected: 'a history too big for one push is brought in steps, without a disk',
    different: 'a history too big for one push is an error: seed the replica once by hand, with stock git',
  },
  run: async (stage) => {
    const { tip, inner } = await stage.history();
    const { remote } = stage.source;
    const commits = await remote.commitsAtDepth(tip.tip, 2, await remote.advertisement('git-upload-pack'));
    if (commits === undefined) return tell(false, 'the server does not advertise "shallow"');
    const right = commits.length === 1 && commits[0] === inner.tip;
    return tell(right, `${commits.length} commits, ${right ? 'the right one' : 'not the right one'}`);
  },
};

export const wantOfNoTip: Check = {
  name: 'want-of-no-tip',
  area: 'fetching',
  question: 'Is a commit given that is in the history of a branch, but at which no ref stands?',
  expects: 'a pack of it and its history',
  means: {
    asExpected: deepenWithoutDone.means.asExpected,
    different: deepenWithoutDone.means.different,
  },
  run: async (stage) => {
    const { inner } = await stage.history();
    const { objects } = await fetchAll(stage.source.remote, { wants: [inner.tip], haves: [] });
    return tell(objects === 9, `${objects} objects (three commits have 9)`);
  },
};
