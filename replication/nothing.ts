import { printable, type RefName } from '../git/ref.ts';
import { ReplicationError } from './errors.ts';
import type { Policy } from './policy.ts';
import { refToText } from './ref-text.ts';

/** Namespaces that the message names. */
const NAMED_MAX = 5;

/**
 * Where no head of either side matches, but the source has others: patterns with a mistake in them would prove that nothing equals nothing, and
 * be called in sync.
 *
 * @param ignored how many refs of the source no pattern takes, by namespace
 * @throws ReplicationError `input`
 */
export function refuseNothing(
  { source, destination, ignored }: Record<'source' | 'destination' | 'ignored', ReadonlyMap<string, unknown>>,
  { refs }: Pick<Policy, 'refs'>,
): void {
  if (source.size > 0 || destination.size > 0 || ignored.size === 0) return;
  const patterns = refs.map((pattern) => `"${printable(pattern, 80)}"`).join(', ');
  const left = [...ignored].slice(0, NAMED_MAX).map(([name, count]) => `${count} in ${refToText(name as RefName)}`);
  throw new ReplicationError(
    'input',
    `no head of either side matches ${patterns}: the source has ${left.join(', ')}. Expected "refs" that take what is to be replicated`,
  );
}
