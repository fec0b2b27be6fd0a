import * as z from 'zod/mini';

/** One record of a CodeCommit trigger, as far as it counts: a hint that this repository may have changed. */
export interface PushRecord {
  /** One text for every delivery of this record, another for every other push and every other part of a split event. */
  identity: string;
  region: string;
  account: string;
  repository: string;
}

// A record that lacks one of these, or has it in another form, still tells of a push.
const mark = z.catch(z.union([z.string(), z.number()]), '');

// The references are not looked at: an event may name thousands, and a run compares all heads anyway.
const record = z.object({
  eventSource: z.literal('aws:codecommit'),
  eventSourceARN: z.string().check(z.regex(/^arn:aws[a-z-]*:codecommit:[a-z0-9-]+:\d{12}:[\w.-]{1,100}$/)),
  // eventName is not looked at either. It differs between the documentation ("ReferenceChange") and what is sent
  // ("ReferenceChanges"); and "TriggerEventTest" is somebody who wants to see that the trigger works. The best proof is
  // a run that ends in sync, and it does no harm.
  // Not by its length: zod compares that of whatever has one, and throws at {"length":{"toString":0}}.
  eventId: z.string().check(z.regex(/^.{1,200}$/su)),
  eventTime: mark,
  eventPartNumber: mark,
});
const event = z.object({ Records: z.array(z.unknown()) });

/** The records of a trigger event that can be read, and the reason for each that cannot. Never throws. */
export function readPushEvent(input: unknown): { records: PushRecord[]; rejected: string[] } {
  const outer = event.safeParse(input);
  if (!outer.success || outer.data.Records.length === 0)
    return { records: [], rejected: ['not an event of a CodeCommit trigger: expected {"Records":[…]}'] };
  const records: PushRecord[] = [];
  const rejected: string[] = [];
  for (const candidate of outer.data.Records) {
    const read = record.safeParse(candidate);
    if (read.success) records.push(pushRecord(read.data));
    else rejected.push(`a record with an unexpected ${read.error.issues[0]?.path.join('.') || 'shape'}`);
  }
  return { records, rejected };
}

/**
 * Whether the parts of a split event share their id is documented nowhere, so the part's number counts too; and the time, for
 * an id that somebody uses again, as sample events do. One thing too many starts a run that finds nothing to do; one
 * too few would lose a push.
 */
function pushRecord({ eventSourceARN, eventId, eventTime, eventPartNumber }: z.infer<typeof record>): PushRecord {
  const [, , , region = '', account = '', repository = ''] = eventSourceARN.split(':');
  return { identity: JSON.stringify([eventId, eventTime, eventPartNumber]), region, account, repository };
}
