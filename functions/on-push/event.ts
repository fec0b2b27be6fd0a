import * as z from 'zod/mini';
import { printable } from '../../git/ref.ts';

/** One record of a CodeCommit trigger, as far as it counts: a hint that this repository may have changed. */
export interface PushRecord {
  eventId: string;
  region: string;
  account: string;
  repository: string;
}

const record = z.object({
  eventSource: z.literal('aws:codecommit'),
  eventSourceARN: z.string().check(z.regex(/^arn:aws[a-z-]*:codecommit:[a-z0-9-]+:\d{12}:[\w.-]{1,100}$/)),
  // Names of events differ between the documentation ("ReferenceChange") and what is sent ("ReferenceChanges").
  eventId: z.string().check(z.minLength(1), z.maxLength(200)),
});
const event = z.object({ Records: z.array(z.unknown()).check(z.minLength(1)) });

/** The records of a trigger event that can be read, and a line about each that cannot. Refs in it are never the plan. */
export function readPushEvent(input: unknown): { records: PushRecord[]; rejected: string[] } {
  const outer = event.safeParse(input);
  if (!outer.success)
    return { records: [], rejected: ['not an event of a CodeCommit trigger: expected {"Records":[…]}'] };
  const records: PushRecord[] = [];
  const rejected: string[] = [];
  for (const candidate of outer.data.Records) {
    const read = record.safeParse(candidate);
    if (read.success) {
      const [, , , region = '', account = '', repository = ''] = read.data.eventSourceARN.split(':');
      records.push({ eventId: read.data.eventId, region, account, repository });
    } else {
      const [issue] = read.error.issues;
      rejected.push(printable(`a record with an unexpected ${issue?.path.join('.') || 'shape'}`));
    }
  }
  return { records, rejected };
}
