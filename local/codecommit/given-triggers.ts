import { ApiError } from '../aws/api-error.ts';
import type { JsonObject } from '../aws/json.ts';
import type { ApiRegion } from './record.ts';
import type { Trigger } from './trigger.ts';

const TRIGGERS_MAX = 10;
const BRANCHES_MAX = 10;
const EVENTS = ['all', 'updateReference', 'createReference', 'deleteReference'];

/** The list that PutRepositoryTriggers replaces the old one with, each with all its fields, checked as CodeCommit does it. */
export function givenTriggers(region: ApiRegion, input: JsonObject): Trigger[] {
  const triggers = input['triggers'];
  if (!Array.isArray(triggers)) throw new ApiError('RepositoryTriggersListRequiredException', 'a list is required');
  if (triggers.length > TRIGGERS_MAX)
    throw new ApiError('MaximumRepositoryTriggersExceededException', `at most ${TRIGGERS_MAX} triggers`);
  return triggers.map((trigger: Partial<Trigger>) => checked(trigger, region));
}

function checked(trigger: Partial<Trigger>, region: ApiRegion): Trigger {
  const { name, destinationArn, customData, branches, events } = trigger;
  const refuse = (exception: string, message: string): never => {
    throw new ApiError(exception, message);
  };
  if (!name) return refuse('RepositoryTriggerNameRequiredException', 'a trigger needs a name');
  if (!/^[^\s,]{1,100}$/.test(name))
    return refuse('InvalidRepositoryTriggerNameException', '1 to 100 characters, no space, no comma');
  if (!destinationArn)
    return refuse('RepositoryTriggerDestinationArnRequiredException', 'a trigger needs a destination');
  if (!/^arn:aws[a-z-]*:(lambda|sns):[a-z0-9-]+:\d+:.+$/.test(destinationArn))
    return refuse('InvalidRepositoryTriggerDestinationArnException', 'neither a Lambda function nor an SNS topic');
  if (destinationArn.split(':')[3] !== region.name)
    return refuse('InvalidRepositoryTriggerRegionException', 'the target must be in the region of the repository');
  if (branches === undefined)
    return refuse('RepositoryTriggerBranchNameListRequiredException', 'branches is required, [] for all');
  if (branches.length > BRANCHES_MAX) return refuse('MaximumBranchesExceededException', `at most ${BRANCHES_MAX}`);
  if (!events?.length) return refuse('RepositoryTriggerEventsListRequiredException', 'events is required');
  if (events.some((event) => !EVENTS.includes(event)) || (events.includes('all') && events.length > 1))
    return refuse('InvalidRepositoryTriggerEventsException', `some of ${EVENTS.join(', ')}; all stands alone`);
  if (customData !== undefined && customData.length > 1000)
    return refuse('InvalidRepositoryTriggerCustomDataException', 'at most 1,000 characters');
  return { ...trigger, name, destinationArn, branches, events };
}
