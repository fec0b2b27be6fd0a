import { printable, type RefName } from '../git/ref.ts';
import { ReplicationError } from './errors.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';
import { refToText } from './ref-text.ts';

/** Namespaces that the message names. */
const NAMED_MAX = 5;

/**
 * Where no head of either side matches, but the source has others: patterns with a mistake in them would prove that nothing equals nothing, and
 * be called in sync.
 *
 * @throws ReplicationError `input`
 */
export function refuseNothing({ heads, source, destination, ignored }: Plan, { refs }: Pick<Policy, 'refs'>): void {
  if (heads.length > 0 || source.size > 0 || destination.size > 0 || ignored.size === 0) return;
  const patterns = refs.map((pattern) => `"${printable(pattern, 80)}"`).join(', ');
  const left = [...ignored].slice(0, NAMED_MAX).map(([name, count]) => `${count} in ${refToText(name as RefName)}`);
  throw new ReplicationError(
    'input',
    `no head of either side matches ${patterns}: the source has ${left.join(', ')}. Expected "refs" that take what is to be replicated`,
  );
}
