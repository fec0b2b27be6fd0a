import { timingSafeEqual } from 'node:crypto';
import { type AwsCredentials, signCodeCommit } from '../git/codecommit/signature.ts';

/** Somebody with keys, and what they may do: the local mode's IAM. */
export interface Principal {
  arn: string;
  credentials: AwsCredentials;
  /** The static user name and password that IAM can give a user for git over HTTPS. */
  gitCredentials?: { username: string; password: string };
  may: (action: 'GitPull' | 'GitPush', repositoryArn: string) => boolean;
  /** Operations of CodeCommit's API that are denied, such as `UpdateDefaultBranch`; all others are allowed. */
  denies?: readonly string[];
  /** ARNs of the roles that it may assume. */
  assumes?: readonly string[];
  /** When its keys end; those of a role that is a part of the system do not. */
  expires?: Date;
}

/** Whether its keys are still good. */
export const isCurrent = ({ expires }: Principal, now: Date): boolean => expires === undefined || now < expires;

/** How old a signed password may be: CodeCommit's documentation says 15 minutes on average. */
const VALID_MS = 15 * 60 * 1000;
const SKEW_MS = 5 * 60 * 1000;

/** The principal behind a Basic header, if its password is right and not expired. */
export function authenticate(
  header: string,
  principals: readonly Principal[],
  request: { region: string; host: string; path: string; now: Date },
): Principal | undefined {
  const decoded = Buffer.from(/^Basic (.+)$/.exec(header)?.[1] ?? '', 'base64').toString('utf8');
  const colon = decoded.lastIndexOf(':');
  const [username, password] = [decoded.slice(0, colon), decoded.slice(colon + 1)];
  return principals.find(
    (principal) =>
      isCurrent(principal, request.now) &&
      (hasGitCredentials(principal, username, password) || hasSigned(principal, username, password, request)),
  );
}

function hasGitCredentials({ gitCredentials }: Principal, username: string, password: string): boolean {
  return (
    gitCredentials !== undefined && gitCredentials.username === username && equal(gitCredentials.password, password)
  );
}

function hasSigned(
  { credentials }: Principal,
  username: string,
  password: string,
  { region, host, path, now }: { region: string; host: string; path: string; now: Date },
): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z[0-9a-f]{64}$/.exec(password) ?? [];
  if (year === undefined) return false;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const age = now.getTime() - at.getTime();
  if (!(age <= VALID_MS && age >= -SKEW_MS)) return false;
  const expected = signCodeCommit(credentials, { region, host, path, at });
  return expected.username === username && equal(expected.password, password);
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
