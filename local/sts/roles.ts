import type { AwsCredentials } from '../../git/codecommit/signature.ts';
import { ApiError } from '../aws/api-error.ts';
import { isCurrent, type Principal } from '../identity.ts';
import { sessionKeys } from './session-keys.ts';

/** A role: whom it trusts, and what it may. */
export interface LocalRole {
  arn: string;
  /** The ARN of the one role that its trust policy names. */
  trusts: string;
  /** What its trust policy asks for in `sts:ExternalId`. */
  externalId: string;
  may: Principal['may'];
  denies: readonly string[];
  /** Where the identities of its sessions go: those that its account knows. */
  principals: Principal[];
}

/** A request to assume a role, checked for its form. */
export interface Assumption {
  roleArn: string;
  sessionName: string;
  externalId: string | undefined;
  durationSeconds: number;
}

/** What a session of a role is. */
export interface Session {
  arn: string;
  credentials: Required<Omit<AwsCredentials, 'roleArn'>>;
  expires: Date;
}

/** Roles that may be assumed, and the identities that have been given out for them. */
export class LocalRoles {
  /** Every session that was given out, for tests. */
  readonly sessions: Session[] = [];
  readonly #roles: readonly LocalRole[];
  readonly #callers: readonly Principal[];
  readonly #now: () => Date;

  /** @param callers whoever may ask; only they can be trusted. */
  constructor(roles: readonly LocalRole[], callers: readonly Principal[], now: () => Date = () => new Date()) {
    this.#roles = roles;
    this.#callers = callers;
    this.#now = now;
  }

  /** @throws ApiError `AccessDenied`, which does not say what is missing, nor in which account: that real STS does not say either. */
  assume(accessKeyId: string, { roleArn, sessionName, externalId, durationSeconds }: Assumption): Session {
    const caller = this.#callers.find(({ credentials }) => credentials.accessKeyId === accessKeyId);
    const role = this.#roles.find(({ arn }) => arn === roleArn);
    const allowed =
      caller !== undefined &&
      role !== undefined &&
      caller.assumes?.includes(roleArn) === true &&
      role.trusts === roleOfSession(caller.arn) &&
      role.externalId === externalId;
    if (!allowed) {
      const who = caller?.arn ?? accessKeyId;
      const message = `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw new ApiError('AccessDenied', message, 403);
    }
    const now = this.#now();
    const session = {
      arn: `${roleArn.replace(':iam:', ':sts:').replace(/:role\/.*?([^/]+)$/, ':assumed-role/$1')}/${sessionName}`,
      credentials: sessionKeys(),
      expires: new Date(now.getTime() + durationSeconds * 1000),
    };
    const { principals, may, denies } = role;
    for (const [index, old] of [...principals.entries()].reverse())
      if (!isCurrent(old, now)) principals.splice(index, 1);
    principals.push({ ...session, may, denies });
    this.sessions.push(session);
    return session;
  }
}

/** `arn:aws:iam::ACCOUNT:role/NAME` of `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`. */
export const roleOfSession = (arn: string): string =>
  arn.replace(/^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
