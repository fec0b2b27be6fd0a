import { codeCommitUrl } from '../../../git/codecommit/endpoint.ts';
import { codeCommitAuthorize } from '../../../git/codecommit/signature.ts';
import type { Authorize } from '../../../git/credentials.ts';
import { GitError, type GitErrorCode } from '../../../git/errors.ts';
import { GitRemote } from '../../../git/remote.ts';
import type { Check, Finding } from '../check.ts';
import { different, tell } from '../check.ts';
import type { Place } from '../stage/place.ts';

export const gitNotFound: Check = {
  name: 'git-not-found',
  area: 'access',
  question: 'What does the git endpoint say of a repository that is not there?',
  expects: 'HTTP 404, which ccrepl takes for "missing"',
  means: {
    asExpected: 'an alert says that the repository is missing',
    different: 'an alert gives another reason for a missing repository: see the words here',
  },
  run: async ({ source }) => {
    const { access, side, absent } = source;
    const url = codeCommitUrl(side.region, absent, access.endpoints);
    return refusal(source, url, codeCommitAuthorize(side.region, url, access.load), 'not-found');
  },
};

export const repositoryUrl: Check = {
  name: 'repository-url',
  area: 'access',
  question: 'Is the URL of a repository still refused with ".git" at its end?',
  expects: 'HTTP 404: ccrepl refuses such a name before it sends it',
  means: {
    asExpected: 'nothing to do',
    different: 'nothing to do: write the URL without ".git"; the look-alike is stricter than CodeCommit',
  },
  run: async ({ source }) => {
    const { access, side } = source;
    const url = new URL(`${source.url.href}.git`);
    return refusal(source, url, codeCommitAuthorize(side.region, url, access.load), 'not-found');
  },
};

export const gitDenied: Check = {
  name: 'git-denied',
  area: 'access',
  question: 'What does the git endpoint say of a signature that is wrong?',
  expects: 'HTTP 401 or 403, which ccrepl takes for "access denied"; it asks once more with new credentials',
  means: {
    asExpected: 'an alert says that access was denied',
    different: 'an alert gives another reason where access is denied: see the words here',
  },
  run: async ({ source }) => {
    const { access, side, url } = source;
    const load = async () => ({
      ...(await access.load({ fresh: false })),
      secretAccessKey: 'not-the-secret-of-this-key',
    });
    return refusal(source, url, codeCommitAuthorize(side.region, url, load), 'unauthorized');
  },
};

async function refusal({ access }: Place, url: URL, authorize: Authorize, expected: GitErrorCode): Promise<Finding> {
  const known: Authorize = async (at, options) => {
    const header = await authorize(at, options);
    access.harmless.learnHeader(header);
    return header;
  };
  const remote = new GitRemote({ url, authorize: known, side: 'repository', signal: access.signal });
  try {
    const { refs } = await remote.advertisement('git-upload-pack');
    return different(`it was answered, with ${refs.size} refs`);
  } catch (error) {
    if (!(error instanceof GitError) || error.code === 'aborted' || error.code === 'connection') throw error;
    return tell(error.code === expected, `${error.code}: "${error.message}"`);
  } finally {
    remote.close();
  }
}
