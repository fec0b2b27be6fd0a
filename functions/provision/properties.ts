import * as z from 'zod/mini';
import { REPOSITORY, REPOSITORY_EXPECTED } from '../../git/codecommit/names.ts';
import { printable } from '../../git/ref.ts';
import { parseDocument } from '../../replication/document.ts';
import type { Properties } from './event.ts';

/** The trigger of a source repository. */
export interface TriggerProperties {
  RepositoryName: string;
  TriggerName: string;
  DestinationArn: string;
}

/** A destination repository. */
export interface RepositoryProperties {
  RepositoryName: string;
  Description?: string | undefined;
  KmsKeyId?: string | undefined;
  Tags?: Record<string, string> | undefined;
}

const RepositoryName = z.string().check(z.regex(REPOSITORY, REPOSITORY_EXPECTED));

/**
 * CodeCommit's quotas forbid only spaces and commas in a trigger's name; the name is part of a physical id, so no colon either.
 * CodeCommit calls only targets in the repository's own region.
 */
const trigger = (region: string) =>
  z.strictObject({
    RepositoryName,
    TriggerName: z
      .string()
      .check(z.regex(/^[\w.-]{1,100}$/, 'expected the name of a trigger: 1 to 100 letters, digits, ".", "_" or "-"')),
    DestinationArn: z
      .string()
      .check(
        z.regex(
          new RegExp(`^arn:aws[a-z-]*:lambda:${region}:\\d{12}:function:[\\w-]{1,64}(:[\\w$-]{1,128})?$`),
          `expected the ARN of a Lambda function in ${region}, where the repository is, such as "arn:aws:lambda:${region}:111122223333:function:NAME"`,
        ),
      ),
  });

const repository = (region: string) =>
  z.strictObject({
    RepositoryName,
    Description: z.optional(z.string().check(z.maxLength(1000, 'expected at most 1,000 characters'))),
    KmsKeyId: z.optional(
      z
        .string()
        .check(
          z.regex(
            new RegExp(`^(arn:aws[a-z-]*:kms:${region}:\\d{12}:(key|alias)/|alias/)?[\\w-][\\w/-]{0,255}$`),
            `expected the id, ARN or alias of a KMS key in ${region}, where the repository is`,
          ),
        ),
    ),
    Tags: z.optional(
      z.record(z.string(), z.string()).check(({ value, issues }) => {
        const problem = problemOfTags(value);
        if (problem !== undefined) issues.push({ code: 'custom', message: problem, input: value });
      }),
    ),
  });

/** The limits of AWS's tags. */
function problemOfTags(tags: Record<string, string>): string | undefined {
  const entries = Object.entries(tags);
  if (entries.length > 50) return `expected at most 50 tags, not ${entries.length}`;
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128 || /^aws:/i.test(key))
      return `the key "${printable(key, 80)}": expected 1 to 128 characters that do not begin with "aws:"`;
    if (value.length > 256) return `the value of "${printable(key, 80)}": expected at most 256 characters`;
  }
  return undefined;
}

/** @throws ReplicationError `input`, with every property that is wrong */
export const readTriggerProperties = (properties: Properties, region: string): TriggerProperties =>
  parseDocument(JSON.stringify(properties), trigger(region), 'the properties of Custom::CcreplTrigger');

/** @throws ReplicationError `input`, with every property that is wrong */
export const readRepositoryProperties = (properties: Properties, region: string): RepositoryProperties =>
  parseDocument(JSON.stringify(properties), repository(region), 'the properties of Custom::CcreplRepository');
