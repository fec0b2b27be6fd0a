import { FINGERPRINT } from '../../replication/mass-change.ts';
import type { Policy } from '../../replication/policy.ts';
import { parsePolicy } from '../../replication/settings.ts';
import { matching, usage, type Values } from './options.ts';

export const FINGERPRINT_EXPECTED = 'expected the 16 hexadecimal digits that the refused run named';

/** What commands between two repositories take. */
export interface PairArguments {
  source: string;
  destination: string;
  policy: Policy;
  dryRun: boolean;
  confirm: string | undefined;
}

/** @throws ReplicationError `input` */
export function parsePair(name: string, words: readonly string[], values: Values): PairArguments {
  const [source, destination] = words;
  if (source === undefined || destination === undefined || words.length > 2) {
    throw usage(`${name} takes two repositories, SOURCE and DESTINATION; ${words.length} were given`);
  }
  return {
    source,
    destination,
    policy: policyFrom(values),
    dryRun: values['dry-run'] ?? false,
    confirm: matching('confirm', values.confirm, FINGERPRINT, FINGERPRINT_EXPECTED),
  };
}

function policyFrom({ refs, deletes, rewrites, 'mass-change': given }: Values): Policy {
  const change = matching('mass-change', given, /^\d+:\d+$/, 'expected PERCENT:HEADS, such as 20:10');
  const [percent, heads] = change?.split(':') ?? [];
  return parsePolicy({
    refs,
    deletes,
    rewrites,
    ...(change !== undefined && { massChange: { percent: Number(percent), heads: Number(heads) } }),
  });
}
