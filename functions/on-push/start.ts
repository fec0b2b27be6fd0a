import { createHash } from 'node:crypto';
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionInput } from '../../replication/contract.ts';
import { isCodeCommit, type Settings } from '../../replication/settings.ts';
import { readPushEvent } from './event.ts';

/** What the handler knows of its own surroundings. */
export interface Home {
  region: string;
  account: string;
  stateMachineArn: string;
}

/** What became of an event, for the log. */
export interface StartedRuns {
  started: string[];
  duplicates: string[];
  ignored: string[];
}

/**
 * Starts one execution for each replica of each repository that the event names. What is foreign or malformed is noted and
 * ignored: an error would only make Lambda send it again. A failing StartExecution is thrown, so that Lambda retries it.
 */
export async function startRuns(
  input: unknown,
  home: Home,
  settings: Settings,
  client: SFNClient,
): Promise<StartedRuns> {
  const { records, rejected } = readPushEvent(input);
  const runs: StartedRuns = { started: [], duplicates: [], ignored: rejected };
  for (const { eventId, region, account, repository } of records) {
    const where = `${repository} in ${region} of account ${account}`;
    const replicas = settings.replicas.filter(
      ({ source }) =>
        isCodeCommit(source) &&
        source.region === region &&
        source.repository === repository &&
        account === home.account,
    );
    if (replicas.length === 0) runs.ignored.push(`${where} is not the source of a replica here`);
    for (const { id } of replicas) {
      const name = executionName(id, eventId);
      const fresh = await start(client, home.stateMachineArn, name, { replica: id });
      (fresh ? runs.started : runs.duplicates).push(name);
    }
  }
  return runs;
}

/** False if this very event has started its execution before: Lambda delivers an event at least once. */
async function start(
  client: SFNClient,
  stateMachineArn: string,
  name: string,
  input: ExecutionInput,
): Promise<boolean> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw error;
  }
}

/** The same for the same event, another for the next push; within the 80 characters that Step Functions allows. */
function executionName(replica: string, eventId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([replica, eventId]))
    .digest('hex')
    .slice(0, 20);
  return `${replica.replace(/[^\w-]/g, '-').slice(0, 54)}-push-${digest}`;
}
