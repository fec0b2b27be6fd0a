import { randomBytes } from 'node:crypto';
import type { CodeCommitSide } from '../replication/settings.ts';
import type { Principal } from './identity.ts';

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

/** Four identities with the rights that their roles have on AWS: the task pushes to destinations only, the checker nowhere. */
export function inventPeople(destinations: readonly CodeCommitSide[]): People {
  const mayPushTo = destinations.map(
    ({ region, repository }) => `arn:aws:codecommit:${region}:${ACCOUNT}:${repository}`,
  );
  const role = (name: string, may: Principal['may']): Principal => ({
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ccrepl-${name}/local`,
    credentials: {
      accessKeyId: `ASIALOCAL${randomBytes(6).toString('hex').slice(0, 11).toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('base64'),
      sessionToken: randomBytes(30).toString('base64'),
    },
    may,
  });
  return {
    developer: {
      arn: `arn:aws:iam::${ACCOUNT}:user/developer`,
      credentials: DEVELOPER_KEYS,
      gitCredentials: { username: DEVELOPER.username, password: DEVELOPER.password },
      may: () => true,
    },
    task: role('task', (action, arn) => action === 'GitPull' || mayPushTo.includes(arn)),
    checker: role('checker', (action) => action === 'GitPull'),
    workflow: role('workflow', () => false),
  };
}

/** What a role's keys are in the environment of a program. */
export const keys = ({ credentials }: Principal): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
});
