import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { printable } from '../../git/ref.ts';
import type { ExecutionInput } from '../../replication/contract.ts';
import type { Settings } from '../../replication/settings.ts';
import { readPushEvent } from './event.ts';
import { executionName } from './execution-name.ts';
import { wantedRuns } from './wanted-runs.ts';

/** What the handler knows of its own surroundings. */
export interface Home {
  account: string;
  stateMachineArn: string;
}

/** What became of an event. */
export interface StartedRuns {
  /** Names of executions. One that is open still and is started again counts too: Step Functions answers the same. */
  started: string[];
  /** Names of executions that had ended when the same records came again. */
  duplicates: string[];
  failed: { replica: string; reason: string }[];
  ignored: { records: number; reasons: string[] };
}

/** An event can have thousands of records: all that are ignored are counted, and this many different reasons are told. */
const REASONS_MAX = 5;

/**
 * Starts one execution for each replica of the repositories that the event names, however many records and references it has.
 * What is foreign or malformed is noted and ignored: an error would only make Lambda send it again. All are started at once,
 * so that one that fails, or gets no answer, keeps no other.
 */
export async function startRuns(
  input: unknown,
  home: Home,
  settings: Settings,
  client: SFNClient,
): Promise<StartedRuns> {
  const { records, rejected } = readPushEvent(input);
  const { runs, foreign } = wantedRuns(records, home.account, settings);
  const outcomes = await Promise.all(
    [...runs].map(async ([replica, identities]) => {
      const name = executionName(replica, identities);
      return { replica, name, ...(await start(client, home.stateMachineArn, name, { replica })) };
    }),
  );
  const namesOf = (kind: Outcome['kind']) => outcomes.filter((run) => run.kind === kind).map(({ name }) => name);
  const ignored = [...rejected, ...foreign];
  return {
    started: namesOf('started'),
    duplicates: namesOf('duplicate'),
    failed: outcomes.flatMap((run) => (run.kind === 'failed' ? [{ replica: run.replica, reason: run.reason }] : [])),
    ignored: { records: ignored.length, reasons: [...new Set(ignored)].slice(0, REASONS_MAX).map((r) => printable(r)) },
  };
}

type Outcome = { kind: 'started' } | { kind: 'duplicate' } | { kind: 'failed'; reason: string };

/** Throttling and passing faults are tried again by the SDK; what is left after that is for Lambda's retry. */
async function start(
  client: SFNClient,
  stateMachineArn: string,
  name: string,
  input: ExecutionInput,
): Promise<Outcome> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return { kind: 'started' };
  } catch (error) {
    // Lambda delivers an event at least once.
    if (error instanceof ExecutionAlreadyExists) return { kind: 'duplicate' };
    const { name: code, message } = error as Error;
    return { kind: 'failed', reason: printable(`${code}: ${message}`) };
  }
}
