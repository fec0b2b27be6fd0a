import { printable } from '../../git/ref.ts';
import type { Failure, ReplicaNews } from '../contract.ts';
import { ERROR_TABLE, type ErrorClass } from '../errors.ts';
import { labelled } from './message.ts';

const CAUSE_SHOWN = 600;
const ROWS = Object.entries(ERROR_TABLE) as [ErrorClass, (typeof ERROR_TABLE)[ErrorClass]][];

/** The row of the table of errors whose name an error of a function has. */
export const rowOfError = (name: string) => ROWS.find(([, row]) => row.errorName === name)?.[1];

/** Why a comparison failed. */
export function comparisonFailureLines({ Error: error = 'unknown', Cause: cause = '' }: Partial<Failure>): string[] {
  const says = rowOfError(error)?.says;
  return [
    labelled('Error', says === undefined ? printable(error) : `${error}: ${says}`),
    labelled('Cause', printable(messageIn(cause), CAUSE_SHOWN)),
    '',
  ];
}

/** A function's error arrives as JSON, of which the message is for people. */
export function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** Why the last task of this round failed, if it did. */
export function taskFailureLines({ tries, rounds }: ReplicaNews['state']): string[] {
  const task = tries?.task;
  // A task of an earlier round has nothing to do with what was found in this one.
  if (task === undefined || tries?.round !== rounds.number || !('Error' in task)) return [];
  const { Error: error, Cause: cause } = task;
  // The description of a task is JSON, but may be cut: it is searched, not parsed.
  const exitCode = Number(/"ExitCode":\s*(\d+)/.exec(cause)?.[1] ?? Number.NaN);
  const known = ROWS.find(([, row]) => row.exitCode === exitCode);
  if (known !== undefined) {
    const [name, { says }] = known;
    return [labelled('Task', `ended with exit code ${exitCode}: ${says} (docs/errors.md: ${name})`), ''];
  }
  const code = Number.isNaN(exitCode) ? '' : `, exit code ${exitCode}`;
  return [
    labelled('Task', `failed with ${printable(error)}${code}`),
    labelled('Cause', printable(reasonsIn(cause) || cause, CAUSE_SHOWN)),
    '',
  ];
}

/** Of the long description of a task, what AWS says of why it, or a container of it, stopped; empty if it says nothing. */
const reasonsIn = (cause: string): string =>
  [...new Set([...cause.matchAll(/"(?:Stopped)?Reason":\s*"((?:[^"\\]|\\.)+)/g)].map(([, reason]) => reason))].join(
    '; ',
  );
