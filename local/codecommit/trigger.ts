import { randomUUID } from 'node:crypto';
import type { ReceivedRef } from './received-ref.ts';

/** A trigger as `PutRepositoryTriggers` takes it. */
export interface Trigger {
  name: string;
  destinationArn: string;
  customData?: string;
  /** Branch names; none means all refs. */
  branches: string[];
  events: string[];
}

const isZero = (oid: string): boolean => /^0+$/.test(oid);

/** Names come as bytes, one character each; CodeCommit's API speaks UTF-8. */
const textOf = ({ ref }: ReceivedRef): string => Buffer.from(ref, 'latin1').toString('utf8');

const eventOf = ({ old, new: next }: ReceivedRef): string =>
  isZero(old) ? 'createReference' : isZero(next) ? 'deleteReference' : 'updateReference';

/** Those of the refs that the trigger is for. */
export function matchingTriggers(trigger: Trigger, refs: readonly ReceivedRef[]): ReceivedRef[] {
  return refs.filter((ref) => {
    const wantsEvent = trigger.events.includes('all') || trigger.events.includes(eventOf(ref));
    const branch = textOf(ref).replace('refs/heads/', '');
    return wantsEvent && (trigger.branches.length === 0 || trigger.branches.includes(branch));
  });
}

/** The event that CodeCommit sends: a deleted ref carries its old commit id, and `created`/`deleted` only where true. */
export function pushEvent(
  trigger: Trigger,
  refs: readonly ReceivedRef[],
  repository: { region: string; arn: string; userArn: string; at: Date },
): object {
  const references = refs.map((ref) => ({
    commit: isZero(ref.new) ? ref.old : ref.new,
    ref: textOf(ref),
    ...(isZero(ref.old) && { created: true }),
    ...(isZero(ref.new) && { deleted: true }),
  }));
  const record = {
    awsRegion: repository.region,
    codecommit: { references },
    customData: trigger.customData ?? null,
    eventId: randomUUID(),
    eventName: 'ReferenceChanges',
    eventPartNumber: 1,
    eventSource: 'aws:codecommit',
    eventSourceARN: repository.arn,
    eventTime: repository.at.toISOString().replace('Z', '+0000'),
    eventTotalParts: 1,
    eventTriggerConfigId: randomUUID(),
    eventTriggerName: trigger.name,
    eventVersion: '1.0',
    userIdentityARN: repository.userArn,
  };
  return { Records: [record] };
}
