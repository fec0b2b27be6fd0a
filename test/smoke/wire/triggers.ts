import { GetRepositoryCommand, PutRepositoryTriggersCommand, type RepositoryTrigger } from '@aws-sdk/client-codecommit';
import type { Place } from '../stage/place.ts';
import type { Stage } from '../stage/stage.ts';

/** The target of a trial's triggers: what was given, or a topic that nobody has. Nothing is pushed while they are there. */
export async function targetOf({ asked, source }: Stage): Promise<string> {
  if (asked.topic !== undefined) return asked.topic;
  return `arn:${partitionOf(source.side.region)}:sns:${source.side.region}:${await accountOf(source)}:ccrepl-smoke-nobody`;
}

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

async function accountOf({ api, repositoryName }: Place): Promise<string> {
  const command = new GetRepositoryCommand({ repositoryName });
  const { repositoryMetadata } = await api.ask('GetRepository', (client, abort) => client.send(command, abort));
  return repositoryMetadata?.accountId ?? '000000000000';
}

export const put = ({ api, repositoryName }: Place, triggers: RepositoryTrigger[]): Promise<unknown> =>
  api.ask('PutRepositoryTriggers', (client, abort) =>
    client.send(new PutRepositoryTriggersCommand({ repositoryName, triggers }), abort),
  );
