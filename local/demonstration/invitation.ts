import type { CodeCommitSide } from '../../replication/settings.ts';
import { destinationUrl, REPLICA, sourceUrl } from '../demonstration.ts';
import type { LocalOptions } from '../options.ts';
import { DEVELOPER } from '../people.ts';
import type { LocalSystem } from '../system.ts';

/** What to try next, ready to paste. */
export async function invitation(system: LocalSystem, { sweepMs }: LocalOptions): Promise<string[]> {
  const { username, accessKeyId, secretAccessKey } = DEVELOPER;
  const aws = `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=${REPLICA.source.region}`;
  const input = JSON.stringify({ replica: REPLICA.id });
  return [
    'It stays up. Push to it from any repository, and watch it replicate:',
    `  git push ${withLogin(sourceUrl(system))} HEAD:refs/heads/demo`,
    'Start an execution by hand, as in the console:',
    `  ${aws} aws stepfunctions start-execution --endpoint-url ${system.endpoint} --state-machine-arn ${system.machine.arn} --input '${input}'`,
    ...(sweepMs === undefined ? [] : await forTheSweep(system)),
    `(The login "${username}" is fixed, and opens nothing but the look-alike on this machine. Ctrl-C stops.)`,
    '',
  ];
}

/** What only a sweep finds. */
async function forTheSweep(system: LocalSystem): Promise<string[]> {
  const { source, destination } = REPLICA;
  const folder = ({ region, repository }: CodeCommitSide) => quoted(system.region(region).store.path(repository));
  const branch = (await system.region(source.region).store.defaultBranch(source.repository)) ?? 'main';
  // Made in the destination's own folder: a commit that the source knows would be no drift, but a history that was rewritten.
  const there = `git -C ${folder(destination)}`;
  const stray = `$(${there} -c user.name=Somebody -c user.email=somebody@example.com commit-tree ${branch}^{tree} -p ${branch} -m stray)`;
  return [
    'A push that sets no trigger off, because it goes straight to the disk: the next sweep finds it.',
    `  git push ${folder(source)} HEAD:refs/heads/missed`,
    'A drift, because somebody pushes a commit to the replica: the next sweep tells people.',
    `  ${there} push ${withLogin(destinationUrl(system))} ${stray}:refs/heads/${branch}`,
  ];
}

const withLogin = (url: string): string => url.replace('://', `://${DEVELOPER.username}:${DEVELOPER.password}@`);

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
