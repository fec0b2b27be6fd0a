import { ReplicationError } from '../../replication/errors.ts';
import type { Properties, Request } from './event.ts';
import type { Home, Outcome } from './outcome.ts';
import { parseTriggerId, type TriggerId, triggerId } from './physical-id.ts';
import { readTriggerProperties, type TriggerProperties } from './properties.ts';
import { isMissing } from './refusal.ts';
import { type Rewritten, rewriteTriggers } from './rewrite-triggers.ts';
import { namesOf, withoutTrigger, withTrigger } from './trigger-list.ts';

/** Create and Update: the source repository has our trigger, and those of others as they were. */
export async function ensureTrigger({ properties, oldProperties }: Request, home: Home): Promise<Outcome> {
  const { RepositoryName, TriggerName, DestinationArn } = readTriggerProperties(properties, home.region);
  const id = { region: home.region, repository: RepositoryName, trigger: TriggerName };
  const before = destinationBefore(oldProperties, home.region);
  let done = 'unchanged';
  let rewritten: Rewritten;
  try {
    rewritten = await rewriteTriggers(
      RepositoryName,
      (found) => {
        const list = withTrigger(found, id, [DestinationArn, ...before]);
        if (list !== undefined) done = list.length > found.length ? 'added' : 'replaced';
        return list;
      },
      home,
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new ReplicationError(
      'missing',
      `there is no repository "${RepositoryName}" in ${home.region}: expected the source of a replica. Create it, or correct its name and region in the configuration; then deploy again`,
      { cause: error },
    );
  }
  return { physicalId: triggerId(id), done, ...reportOf(rewritten, id) };
}

/** What failed before it was written is nothing of ours, and may name a destination of somebody else. */
function destinationBefore(oldProperties: Properties, region: string): string[] {
  try {
    return [readTriggerProperties(oldProperties, region).DestinationArn];
  } catch {
    return [];
  }
}

/** Delete: takes away only what is ours, and succeeds where nothing is. */
export async function removeTrigger(request: Request, home: Home): Promise<Outcome> {
  const physicalId = request.physicalResourceId;
  const nothing = (why: string): Outcome => ({ physicalId, done: 'nothing', facts: { why } });
  let properties: TriggerProperties;
  try {
    properties = readTriggerProperties(request.properties, home.region);
  } catch (error) {
    // Such properties are refused before anything is written.
    return { ...nothing('no trigger was ever made of these properties'), warnings: [(error as Error).message] };
  }
  const { RepositoryName: repository, TriggerName: trigger, DestinationArn } = properties;
  const id = parseTriggerId(physicalId) ?? { region: home.region, repository, trigger };
  if (id.region !== home.region) return nothing(`${physicalId} is in another region than ${home.region}`);
  try {
    const rewritten = await rewriteTriggers(
      id.repository,
      (found) => withoutTrigger(found, id.trigger, DestinationArn),
      home,
    );
    return { physicalId, done: rewritten.puts > 0 ? 'removed' : 'nothing', ...reportOf(rewritten, id) };
  } catch (error) {
    if (isMissing(error)) return nothing(`there is no repository "${id.repository}" in ${home.region} any more`);
    throw error;
  }
}

function reportOf({ puts, triggers, takenAway }: Rewritten, { repository, trigger }: TriggerId) {
  const warning = `somebody else wrote the triggers of "${repository}" at the same time; gone or changed: ${namesOf(takenAway)}`;
  return {
    facts: { repository, trigger, writes: puts, triggers: namesOf(triggers) },
    ...(takenAway.length > 0 && { warnings: [warning] }),
  };
}
