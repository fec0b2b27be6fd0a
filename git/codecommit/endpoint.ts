import { GitError } from '../errors.ts';
import { printable } from '../ref.ts';
import { REGION, REGION_EXPECTED, REPOSITORY, REPOSITORY_EXPECTED } from './names.ts';

/** The git endpoint of a region, or another that serves it (a VPC endpoint, FIPS, a local one), by region. */
export type GitEndpoints = Readonly<Record<string, string>>;

/**
 * The git URL of a CodeCommit repository. Both names are checked against CodeCommit's rules, so that neither can bend the URL.
 *
 * @throws GitError `input`
 */
export function codeCommitUrl(region: string, repository: string, endpoints: GitEndpoints = {}): URL {
  if (!REGION.test(region)) throw new GitError('input', `"${printable(region)}" is not a region: ${REGION_EXPECTED}`);
  if (!REPOSITORY.test(repository)) {
    throw new GitError('input', `"${printable(repository)}" is not a repository: ${REPOSITORY_EXPECTED}`);
  }
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const origin = endpoints[region] ?? `https://git-codecommit.${region}.${suffix}`;
  return new URL(`/v1/repos/${repository}`, origin);
}
