import { createHash, createHmac } from 'node:crypto';
import { type Authorize, basicHeader } from '../credentials.ts';

/** AWS credentials as the default provider chain gives them. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  /** Whose they are, where that is known. */
  roleArn?: string | undefined;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * User name and password that CodeCommit's git endpoint takes, good for about 15 minutes. Like Signature Version 4, with
 * the method `GIT`, no payload hash, no `Z` in the signed time, and a session token that is not signed (as the AWS CLI's
 * credential helper does it).
 *
 * @param host without a port. @param path the repository's path, `/v1/repos/NAME`, not that of a request below it.
 */
export function signCodeCommit(
  credentials: AwsCredentials,
  request: { region: string; host: string; path: string; at: Date },
): { username: string; password: string } {
  const stamp = request.at.toISOString().slice(0, 19).replace(/[-:]/g, '');
  const date = stamp.slice(0, 8);
  const canonical = `GIT\n${request.path}\n\nhost:${request.host}\n\nhost\n`;
  const scope = `${date}/${request.region}/codecommit/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  let key = hmac(`AWS4${credentials.secretAccessKey}`, date);
  for (const part of [request.region, 'codecommit', 'aws4_request']) key = hmac(key, part);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${digest}`).toString('hex');
  const token = credentials.sessionToken;
  return {
    username: !token ? credentials.accessKeyId : `${credentials.accessKeyId}%${token}`,
    password: `${stamp}Z${signature}`,
  };
}

/** Signs every request when it is sent. `load` gives current credentials; `fresh` says that the last were refused. */
export function codeCommitAuthorize(
  region: string,
  repositoryUrl: URL,
  load: (options: { fresh: boolean }) => Promise<AwsCredentials>,
  now: () => Date = () => new Date(),
): Authorize {
  return async (_url, options) => {
    const credentials = await load(options);
    const { hostname: host, pathname: path } = repositoryUrl;
    const { username, password } = signCodeCommit(credentials, { region, host, path, at: now() });
    return basicHeader(username, password);
  };
}
