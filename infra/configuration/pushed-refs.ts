import type { Policy } from '../../replication/policy.ts';
import { RESERVED_PATTERNS } from '../../replication/reserved.ts';

/** Patterns of all refs that the task may push under these policies. */
export function pushedRefs(policies: readonly Pick<Policy, 'refs'>[]): string[] {
  const patterns = new Set([...policies.flatMap(({ refs }) => refs), ...RESERVED_PATTERNS]);
  const covers = (wide: string, narrow: string) => wide.endsWith('*') && narrow.startsWith(wide.slice(0, -1));
  const needed = [...patterns].filter((one) => ![...patterns].some((other) => other !== one && covers(other, one)));
  // To IAM `${NAME}` is a variable, and `${$}` a dollar sign.
  return needed.map((pattern) => pattern.replace(/\$\{/g, '$${$$}{'));
}
