import { GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import { isDone, wordsFor } from '../wire/push.ts';

export const firstBranchDefault: Check = {
  name: 'first-branch-default',
  area: 'pushing',
  question: "Which branch of a repository's first push becomes its default?",
  expects: 'the one of the first command, here "zebra", although "alpha" comes before it by name',
  means: {
    asExpected: "a new replica's default branch is right with its first push",
    different:
      "a new replica's default branch is set by UpdateDefaultBranch after the first push, which the task may do",
  },
  run: async (stage) => {
    const { commands, pushed } = await stage.firstPush();
    const [first] = commands;
    if (!isDone(first, pushed.after)) return couldNotTell(`it was not pushed: ${wordsFor(first.ref, pushed)}`);
    const { api, repositoryName } = stage.source;
    const command = new GetRepositoryCommand({ repositoryName });
    const { repositoryMetadata } = await api.ask('GetRepository', (client, abort) => client.send(command, abort));
    const found = repositoryMetadata?.defaultBranch;
    return tell(found === 'zebra', `the default branch is ${found === undefined ? 'not set' : `"${found}"`}`);
  },
};
