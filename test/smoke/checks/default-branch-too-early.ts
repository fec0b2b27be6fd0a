import { UpdateDefaultBranchCommand } from '@aws-sdk/client-codecommit';
import type { Check } from '../check.ts';
import { asExpected, different } from '../check.ts';
import { refusalOf } from '../wire/refusal.ts';

export const defaultBranchTooEarly: Check = {
  name: 'default-branch-too-early',
  area: 'the API',
  question: 'What does UpdateDefaultBranch say of a branch that was not pushed yet?',
  expects: 'BranchDoesNotExistException: so it is called after the push',
  means: {
    asExpected: 'nothing to do: ccrepl sets the default branch after it has pushed it',
    different: 'nothing to do: ccrepl calls it after the push either way; the look-alike is not like this',
  },
  run: async ({ destination: { api, repositoryName } }) => {
    const command = new UpdateDefaultBranchCommand({ repositoryName, defaultBranchName: 'not-pushed-yet' });
    const refusal = await refusalOf(api.ask('UpdateDefaultBranch', (client, abort) => client.send(command, abort)));
    if (refusal === undefined) return different('it was taken');
    return refusal.name === 'BranchDoesNotExistException' ? asExpected(refusal.said) : different(refusal.said);
  },
};
