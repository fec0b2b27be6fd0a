import { GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { GitErrorCode } from '../../../git/errors.ts';
import type { Check, Finding } from '../check.ts';
import { different, tell } from '../check.ts';
import { type Api, apiOf } from '../stage/api.ts';
import { refusalOf } from '../wire/refusal.ts';

export const apiNotFound: Check = {
  name: 'api-not-found',
  area: 'access',
  question: 'What does the API say of a repository that is not there?',
  expects: 'RepositoryDoesNotExistException, which ccrepl takes for "missing"',
  means: {
    asExpected: 'an alert says that the repository is missing',
    different: 'an alert gives another reason for a missing repository: see the words here',
  },
  run: ({ source }) => ask(source.api, source.absent, 'not-found'),
};

export const apiDenied: Check = {
  name: 'api-denied',
  area: 'access',
  question: 'What does the API say of an access key that nobody has?',
  expects: 'an exception of HTTP 400, 401 or 403 that ccrepl takes for "access denied"',
  means: {
    asExpected: 'an alert says that access was denied',
    different: 'an alert gives another reason where access is denied: see the words here',
  },
  run: async ({ source }) => {
    const { side, repositoryName } = source;
    const nobody = async () => ({ accessKeyId: 'AKIANOBODYHASTHIS000', secretAccessKey: 'nobody-has-this' });
    const api = apiOf(side.region, [repositoryName], nobody);
    try {
      return await ask(api, repositoryName, 'unauthorized');
    } finally {
      api.close();
    }
  },
};

async function ask(api: Api, repositoryName: string, expected: GitErrorCode): Promise<Finding> {
  const command = new GetRepositoryCommand({ repositoryName });
  const refusal = await refusalOf(
    api.ask('GetRepository', (client, abort) => client.send(command, abort)),
    { denials: true },
  );
  if (refusal === undefined) return different('it was answered');
  return tell(refusal.error.code === expected, `${refusal.error.code}: ${refusal.said}`);
}
