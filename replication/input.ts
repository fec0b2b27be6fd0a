import { printable } from '../git/ref.ts';
import type { ExecutionInput } from './contract.ts';
import { ReplicationError } from './errors.ts';
import { FINGERPRINT } from './mass-change.ts';

const EXPECTED = 'expected {"replica":"ID"}, and "confirm":"FINGERPRINT" only to confirm a mass change';

/**
 * Reads the input of an execution as a person may have typed it.
 *
 * @throws ReplicationError `input`
 */
export function parseExecutionInput(input: unknown): ExecutionInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw wrong(`the input is ${shown(input)}`);
  }
  const { replica, confirm, ...others } = input as Record<string, unknown>;
  const extra = Object.keys(others);
  if (extra.length > 0) throw wrong(`the input has unknown fields: "${printable(extra.join('", "'), 80)}"`);
  if (typeof replica !== 'string') throw wrong(`"replica" is ${shown(replica)}`);
  if (confirm === undefined) return { replica };
  if (typeof confirm !== 'string' || !FINGERPRINT.test(confirm)) {
    throw wrong(`"confirm" is ${shown(confirm)}, which is no fingerprint of 16 hexadecimal digits`);
  }
  return { replica, confirm };
}

const shown = (value: unknown): string => printable(JSON.stringify(value) ?? 'missing', 80);

const wrong = (problem: string): ReplicationError => new ReplicationError('input', `${problem}: ${EXPECTED}`);
