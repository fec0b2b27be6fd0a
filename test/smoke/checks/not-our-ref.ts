import { GitError } from '../../../git/errors.ts';
import type { Check } from '../check.ts';
import { different, tell } from '../check.ts';
import { fetchAll } from '../wire/fetch.ts';

export const notOurRef: Check = {
  name: 'not-our-ref',
  area: 'fetching',
  question: 'What is said of a wanted object that is not there?',
  expects: 'git\'s words, "not our ref", by which ccrepl knows that the source has moved, and looks again',
  means: {
    asExpected: 'a forced push to the source in the middle of a run is followed by the same run',
    different: 'such a run fails, and the next one follows; nothing is lost',
  },
  run: async (stage) => {
    await stage.history();
    const { tip } = stage.change('never pushed, and wanted');
    try {
      const { objects } = await fetchAll(stage.source.remote, { wants: [tip], haves: [] });
      return different(`a pack of ${objects} objects`);
    } catch (error) {
      if (!(error instanceof GitError) || error.code === 'aborted') throw error;
      return tell(
        error.code === 'remote-error' && /not our ref/.test(error.message),
        `${error.code}: "${error.message}"`,
      );
    }
  },
};
