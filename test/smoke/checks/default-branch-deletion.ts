import { GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import { refFromText } from '../../../git/ref.ts';
import type { Check } from '../check.ts';
import { couldNotTell, different } from '../check.ts';
import { describeTrial, eitherWay, trial } from '../wire/trial.ts';

export const defaultBranchDeletion: Check = {
  name: 'default-branch-deletion',
  area: 'pushing',
  question: 'What is said of a push that deletes the default branch?',
  expects: 'refused by itself; the other ref of the push is written',
  means: {
    asExpected: 'ccrepl changes the default branch of a replica before it deletes the old one',
    different: 'nothing to do: ccrepl changes the default branch first either way; the look-alike is not like this',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const { api, repositoryName } = stage.source;
    const command = new GetRepositoryCommand({ repositoryName });
    const { repositoryMetadata } = await api.ask('GetRepository', (client, abort) => client.send(command, abort));
    const name = repositoryMetadata?.defaultBranch;
    const ref = refFromText(`refs/heads/${name}`);
    const old = (await stage.source.read()).refs.get(ref);
    if (name === undefined || old === undefined) return couldNotTell('the repository has no default branch');
    const one = await trial(stage.source, `deletion of "${name}"`, { ref, old, new: undefined }, tip.tip);
    return one.taken ? different(describeTrial(one)) : eitherWay([one]);
  },
};
