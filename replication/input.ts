import { printable } from '../git/ref.ts';
import type { ExecutionInput } from './contract.ts';
import { ReplicationError } from './errors.ts';

/**
 * Reads the input of an execution as a person may have typed it.
 *
 * @throws ReplicationError `input`
 */
export function parseExecutionInput(input: unknown): ExecutionInput {
  const expected = 'expected {"replica":"ID"}';
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ReplicationError(
      'input',
      `the input is ${printable(JSON.stringify(input) ?? 'missing', 80)}: ${expected}`,
    );
  }
  const { replica, ...others } = input as Record<string, unknown>;
  const extra = Object.keys(others);
  if (extra.length > 0) {
    throw new ReplicationError(
      'input',
      `the input has unknown fields: "${printable(extra.join('", "'), 80)}"; ${expected}`,
    );
  }
  if (typeof replica !== 'string') {
    throw new ReplicationError(
      'input',
      `"replica" is ${printable(JSON.stringify(replica) ?? 'missing', 80)}: ${expected}`,
    );
  }
  return { replica };
}
