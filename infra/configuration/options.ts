import * as z from 'zod/mini';
import { parseDocument } from '../../replication/document.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { DEFAULT_OPTIONS, type Network, type Options } from './configuration.ts';
import { alertProblems } from './rules.ts';
import { minutes, retentionDays, SECURITY_GROUPS_MAX, SUBNETS_MAX, task } from './schema.ts';
import { distinct, listOf } from './schema-parts.ts';

/** The options of the construct as somebody writes them in an app of theirs: what is missing has its default. */
export interface OptionsProps extends Partial<Omit<Options, 'network' | 'task'>> {
  network?: (Omit<Network, 'assignPublicIp'> & { assignPublicIp?: boolean | undefined }) | undefined;
  task?: Partial<Options['task']> | undefined;
}

/** Ids and ARNs are any text: the CDK has stand-ins for what it will only know when it deploys, or has looked up. */
const optionsSchema = z.strictObject({
  sweepMinutes: z.optional(minutes),
  emails: z.optional(distinct(z.string())),
  topicArn: z.optional(z.string()),
  alarmTopicArn: z.optional(z.string()),
  network: z.optional(
    z.strictObject({
      vpcId: z.string(),
      subnetIds: listOf(z.string(), 'subnet', SUBNETS_MAX),
      securityGroupIds: z.optional(listOf(z.string(), 'security group', SECURITY_GROUPS_MAX)),
      assignPublicIp: z.optional(z.boolean()),
    }),
  ),
  task: z.optional(task),
  logRetentionDays: z.optional(retentionDays),
  encryption: z.optional(z.union([z.enum(['aws-owned', 'own-key']), z.strictObject({ keyArn: z.string() })])),
  operators: z.optional(distinct(z.string())),
  reservedConcurrency: z.optional(z.boolean()),
});

/** @throws ReplicationError `input`: all that is wrong at once */
export function readOptions(given: OptionsProps): Options {
  const { network, task, ...others } = parseDocument(JSON.stringify(given), optionsSchema, 'CodeCommitReplication');
  const problems = alertProblems(others);
  if (problems.length > 0) throw new ReplicationError('input', `CodeCommitReplication: ${problems.join('; ')}`);
  return {
    ...DEFAULT_OPTIONS,
    ...others,
    network: network && { ...network, assignPublicIp: network.assignPublicIp ?? false },
    task: { ...DEFAULT_OPTIONS.task, ...task },
  };
}
