import { codeCommitApis } from '../../../aws/codecommit.ts';
import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';

export const batchGetCommits: Check = {
  name: 'batch-get-commits',
  area: 'the API',
  question: 'Does BatchGetCommits know commits that no ref shows, and no others?',
  expects: 'the known commit is given, an invented id is an error of its own',
  means: {
    asExpected: 'what somebody else has pushed to a replica is told from what came from the source',
    different: 'ccrepl relies on the answer of the git server alone, and keeps what nobody can tell',
  },
  run: async (stage) => {
    const { inner } = await stage.history();
    const unknown = stage.change('invented').tip;
    const sides = { source: stage.source.side, destination: undefined };
    const knows = codeCommitApis(sides, stage.source.access.load).source?.knows;
    const known = await knows?.([inner.tip, unknown]);
    if (known === undefined) return couldNotTell('it was not asked');
    const [one, invented] = [known.has(inner.tip), known.has(unknown)];
    return tell(
      one && !invented,
      `the commit: ${one ? 'known' : 'unknown'}; the invented id: ${invented ? 'known' : 'unknown'}`,
    );
  },
};
