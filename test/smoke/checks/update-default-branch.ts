import { GetRepositoryCommand, UpdateDefaultBranchCommand } from '@aws-sdk/client-codecommit';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';

export const updateDefaultBranch: Check = {
  name: 'update-default-branch',
  area: 'the API',
  question: 'Is the default branch changed by UpdateDefaultBranch at once, also if it is the same already?',
  expects: 'GetRepository shows each change with its first answer; a second call with the same name is no error',
  means: {
    asExpected: 'the default branch of a replica follows that of the source',
    different: 'a run may say that the default branch could not be changed; the next run looks again',
  },
  run: async (stage) => {
    await stage.history();
    const { api, repositoryName } = stage.source;
    const read = async () => {
      const command = new GetRepositoryCommand({ repositoryName });
      const { repositoryMetadata } = await api.ask('GetRepository', (client, abort) => client.send(command, abort));
      return repositoryMetadata?.defaultBranch;
    };
    const set = async (defaultBranchName: string) => {
      const command = new UpdateDefaultBranchCommand({ repositoryName, defaultBranchName });
      await api.ask('UpdateDefaultBranch', (client, abort) => client.send(command, abort));
      return read();
    };
    const before = (await read()) ?? 'alpha';
    const wanted = ['main', 'main', before];
    const seen: (string | undefined)[] = [];
    for (const name of wanted) seen.push(await set(name));
    return tell(
      seen.every((name, index) => name === wanted[index]),
      `set to ${wanted.join(', ')}; read as ${seen.map((name) => name ?? 'nothing').join(', ')}`,
    );
  },
};
