import { GitError } from '../errors.ts';
import { printable } from '../ref.ts';

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;
const REPOSITORY = /^[\w.-]{1,100}$/;

export const isRegion = (text: string): boolean => REGION.test(text);

export const isRepositoryName = (text: string): boolean => REPOSITORY.test(text) && !text.endsWith('.git');

/** The git endpoint of a region, or another that serves it (a VPC endpoint, FIPS, a local one), by region. */
export type GitEndpoints = Readonly<Record<string, string>>;

/**
 * The git URL of a CodeCommit repository. Both names are checked against CodeCommit's rules, so that neither can bend the URL.
 *
 * @throws GitError `input`
 */
export function codeCommitUrl(region: string, repository: string, endpoints: GitEndpoints = {}): URL {
  if (!isRegion(region)) {
    throw new GitError('input', `"${printable(region)}" is not an AWS region: expected a name like ap-northeast-3`);
  }
  if (!isRepositoryName(repository)) {
    throw new GitError(
      'input',
      `"${printable(repository)}" is not a CodeCommit repository name: expected 1 to 100 letters, digits, ".", "_" or "-", not ending in ".git"`,
    );
  }
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const origin = endpoints[region] ?? `https://git-codecommit.${region}.${suffix}`;
  return new URL(`/v1/repos/${repository}`, origin);
}
