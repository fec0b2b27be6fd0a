import type { CodeCommitSide } from '../replication/settings.ts';
import type { Principal } from './identity.ts';
import { sessionKeys } from './sts/session-keys.ts';

export const ACCOUNT = '111122223333';

/** The developer's login: well known, because it opens nothing but the look-alike on this machine. */
export const DEVELOPER = {
  username: 'local',
  password: 'local',
  accessKeyId: 'AKIALOCALDEVELOPER00',
  secretAccessKey: 'local-developer',
};

export const DEVELOPER_KEYS = { accessKeyId: DEVELOPER.accessKeyId, secretAccessKey: DEVELOPER.secretAccessKey };

export type People = Record<'developer' | 'task' | 'checker' | 'workflow', Principal>;

/** Four identities with the rights that their roles have on AWS: the task pushes to destinations only, the checker nowhere; what they may in other accounts, roles there give them. */
export function inventPeople(destinations: readonly CodeCommitSide[]): People {
  const mayPushTo = destinations
    .filter(({ account }) => account === undefined)
    .map(({ region, repository }) => `arn:aws:codecommit:${region}:${ACCOUNT}:${repository}`);
  const foreign = destinations.flatMap(({ account }) => (account === undefined ? [] : [account]));
  const role = (name: string, may: Principal['may'], assumes: readonly string[] = []): Principal => ({
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ccrepl-${name}/local`,
    credentials: sessionKeys(),
    may,
    assumes,
  });
  return {
    developer: {
      arn: `arn:aws:iam::${ACCOUNT}:user/developer`,
      credentials: DEVELOPER_KEYS,
      gitCredentials: { username: DEVELOPER.username, password: DEVELOPER.password },
      may: () => true,
    },
    task: role(
      'task',
      (action, arn) => action === 'GitPull' || mayPushTo.includes(arn),
      foreign.map(({ roleArn }) => roleArn),
    ),
    checker: role(
      'checker',
      (action) => action === 'GitPull',
      foreign.map(({ checkerRoleArn }) => checkerRoleArn),
    ),
    workflow: role('workflow', () => false),
  };
}

/** What a role's keys are in the environment of a program. */
export const keys = ({ credentials }: Principal): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
});
