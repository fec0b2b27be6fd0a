import { printable } from '../git/ref.ts';
import type { ExecutionInput, InputQuestion, Run, SweepInput, SweepList } from './contract.ts';
import { ReplicationError } from './errors.ts';
import { FINGERPRINT } from './mass-change.ts';
import { findReplica, isCodeCommit, type Replica, type Settings } from './settings.ts';

const REPLICATE_EXPECTED =
  'expected {"replica":"ID"}, and "confirm":"FINGERPRINT" only to confirm a mass change, or "force":"task" to run the task although the replica is in sync';
const SWEEP_EXPECTED = 'expected {} for all replicas, {"repository":"NAME"} or {"replica":"ID"}';

/** Step Functions' own convention: an execution that starts another names itself so, and the console links both. */
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/** Names that an error lists; more help nobody. */
const LISTED_MAX = 50;
/** A sweep's list and its results, each with the id and so much around, travel in a state of 262,144 bytes, beside up to 300 news. */
const SWEEP_BYTES_MAX = 180_000;
const SWEEP_BYTES_EACH = 60;
const DAY_MS = 86_400_000;

/** What the function that reads inputs knows besides the input. */
export interface Reader {
  settings: Settings;
  /** The sweep's state machine: an execution that one of its executions started belongs to that sweep. */
  sweepArn: string;
  now: Date;
}

/**
 * Reads the input of an execution, as a person may have typed it.
 *
 * @throws ReplicationError `input`: what is wrong, what was expected, and the ids or repositories that there are
 */
export function readInput({ stateMachine, input }: InputQuestion, reader: Reader): Run | SweepList {
  const remindBefore = new Date(reader.now.getTime() - DAY_MS).toISOString();
  if (stateMachine === 'sweep') {
    return { replicas: replicasOf(parseSweepInput(input, reader.settings), reader.settings), remindBefore };
  }
  const parsed = parseExecutionInput(input, reader.settings);
  const startedBy = (input as Record<string, unknown>)[STARTED_BY];
  return {
    ...parsed,
    ...(isOfSweep(startedBy, reader.sweepArn) && { sweep: startedBy }),
    remindBefore,
    expiresAt: String(Math.ceil((reader.now.getTime() + 7 * DAY_MS) / 1000)),
  };
}

/** @throws ReplicationError `input` */
export function parseExecutionInput(input: unknown, settings: Settings): ExecutionInput {
  const fail = (problem: string): never => {
    throw new ReplicationError('input', `${problem}: ${REPLICATE_EXPECTED}; ${idsOf(settings)}`);
  };
  const { replica, confirm, force, ...others } = fieldsOf(input, fail);
  refuseOthers(others, fail);
  if (typeof replica !== 'string') return fail(`"replica" is ${shown(replica)}`);
  if (confirm !== undefined && (typeof confirm !== 'string' || !FINGERPRINT.test(confirm))) {
    return fail(`"confirm" is ${shown(confirm)}, which is no fingerprint of 16 hexadecimal digits`);
  }
  if (force !== undefined && force !== 'task') return fail(`"force" is ${shown(force)}`);
  const { id } = findReplica(settings, replica);
  return { replica: id, ...(confirm !== undefined && { confirm }), ...(force !== undefined && { force }) };
}

/** @throws ReplicationError `input` */
export function parseSweepInput(input: unknown, settings: Settings): SweepInput {
  const fail = (problem: string): never => {
    throw new ReplicationError('input', `${problem}: ${SWEEP_EXPECTED}; ${idsOf(settings)}`);
  };
  const { repository, replica, ...others } = fieldsOf(input, fail);
  refuseOthers(others, fail);
  if (repository !== undefined && replica !== undefined) return fail('the input has both "repository" and "replica"');
  if (repository !== undefined && typeof repository !== 'string') return fail(`"repository" is ${shown(repository)}`);
  if (replica !== undefined && typeof replica !== 'string') return fail(`"replica" is ${shown(replica)}`);
  return { ...(repository !== undefined && { repository }), ...(replica !== undefined && { replica }) };
}

/** The replicas that a sweep is to look at. */
function replicasOf({ repository, replica }: SweepInput, settings: Settings): SweepList['replicas'] {
  if (replica !== undefined) return [{ replica: findReplica(settings, replica).id }];
  const wanted = settings.replicas.filter((one) => repository === undefined || sourceName(one) === repository);
  if (repository !== undefined && wanted.length === 0) {
    const names = [...new Set(settings.replicas.map(sourceName))];
    throw new ReplicationError(
      'input',
      `"${printable(repository, 80)}" is not the source repository of a replica: ${listed(names)}`,
    );
  }
  const bytes = wanted.reduce((sum, { id }) => sum + 2 * id.length + SWEEP_BYTES_EACH, 0);
  if (bytes > SWEEP_BYTES_MAX) {
    throw new ReplicationError(
      'input',
      `${wanted.length} replicas are too many for one sweep (their ids need ${bytes} bytes of ${SWEEP_BYTES_MAX}): sweep them by {"repository":"NAME"}`,
    );
  }
  return wanted.map(({ id }) => ({ replica: id }));
}

const sourceName = ({ source }: Replica): string => (isCodeCommit(source) ? source.repository : source.url);

function fieldsOf(input: unknown, fail: (problem: string) => never): Record<string, unknown> {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  return fail(`the input is ${shown(input)}`);
}

function refuseOthers({ [STARTED_BY]: _, ...others }: Record<string, unknown>, fail: (problem: string) => never): void {
  const extra = Object.keys(others);
  if (extra.length > 0) fail(`the input has unknown fields: "${printable(extra.join('", "'), 80)}"`);
}

/** Whatever else starts an execution by that convention is nobody that would send a digest. */
const isOfSweep = (startedBy: unknown, sweepArn: string): startedBy is string =>
  typeof startedBy === 'string' &&
  /^[^\s]{1,300}$/.test(startedBy) &&
  startedBy.startsWith(`${sweepArn.replace(':stateMachine:', ':execution:')}:`);

function shown(value: unknown): string {
  try {
    return printable(JSON.stringify(value) ?? 'missing', 80);
  } catch {
    // What the engine could read it may be unable to write again: it goes only so deep.
    return 'nested too deep to be shown';
  }
}

const idsOf = (settings: Settings): string => {
  const names = settings.replicas.map(({ id }) => id);
  return names.length === 0 ? 'no replica is configured' : `the ids are ${quoted(names)}`;
};

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'no replica is configured' : `expected one of ${quoted(names)}`;

const quoted = (names: readonly string[]): string => {
  const more = names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : '';
  return `${names
    .slice(0, LISTED_MAX)
    .map((name) => `"${printable(name, 200)}"`)
    .join(', ')}${more}`;
};
