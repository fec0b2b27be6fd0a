import { GitError } from '../errors.ts';
import { GitRemote, type RemoteOptions } from '../remote.ts';
import { codeCommitUrl, type GitEndpoints } from './endpoint.ts';
import { REGION } from './names.ts';
import { type AwsCredentials, codeCommitAuthorize } from './signature.ts';

/** Current credentials; `fresh` asks for new ones because the last were refused. */
export type LoadCredentials = (options: { fresh: boolean }) => Promise<AwsCredentials>;

/** A CodeCommit repository as a git remote whose every request is signed when it is sent. */
export function codeCommitRemote(
  repository: { region: string; repository: string },
  load: LoadCredentials,
  endpoints: GitEndpoints,
  options: Pick<RemoteOptions, 'side' | 'account' | 'signal' | 'onProgress' | 'sleep' | 'now'>,
): GitRemote {
  const url = codeCommitUrl(repository.region, repository.repository, endpoints);
  let last: AwsCredentials | undefined;
  const keep: LoadCredentials = async (how) => {
    last = await load(how);
    return last;
  };
  const authorize = codeCommitAuthorize(repository.region, url, keep, options.now);
  return new GitRemote({ ...options, url, authorize, identity: () => last && identityOf(last) });
}

/** By the role, or else by the id of the access key, with which CloudTrail finds the role. */
const identityOf = ({ roleArn, accessKeyId }: AwsCredentials): string => roleArn ?? `the access key ${accessKeyId}`;

/** The keys in the environment of a Lambda function, a task or a shell; undefined if there are none. */
export function environmentCredentials(env: NodeJS.ProcessEnv): AwsCredentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined };
}

/**
 * Reads `CCREPL_GIT_ENDPOINTS`: a JSON object of region → origin, for VPC, FIPS or local endpoints of CodeCommit's git server.
 *
 * @throws GitError `input`
 */
export function gitEndpoints(env: NodeJS.ProcessEnv): GitEndpoints {
  const text = env['CCREPL_GIT_ENDPOINTS'];
  if (text === undefined || text === '') return {};
  try {
    const origins = JSON.parse(text) as Record<string, string>;
    if (Array.isArray(origins) || typeof origins !== 'object') throw new TypeError('not an object');
    return Object.fromEntries(Object.entries(origins).map(endpoint));
  } catch (error) {
    const expected = 'expected a JSON object of region and URL, such as {"ap-northeast-1":"https://host"}';
    // The value is not repeated: it may hold a login.
    throw new GitError('input', `CCREPL_GIT_ENDPOINTS cannot be read: ${expected}, without logins`, { cause: error });
  }
}

function endpoint([region, origin]: [string, string]): [string, string] {
  if (!REGION.test(region)) throw new TypeError('a key that is not a region');
  return [region, httpOrigin(origin)];
}

function httpOrigin(text: string): string {
  const { protocol, origin, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`not an http URL: ${protocol}`);
  if (username !== '' || password !== '') throw new TypeError('a login in the URL');
  return origin;
}
