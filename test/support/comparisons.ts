import type { Comparison, Difference } from '../../replication/contract.ts';
import { anOid } from './plans.ts';

/** A head as a comparison describes it: one that somebody changed at the destination, unless told otherwise. */
export const aDifference = (ref: string, changes: Partial<Difference> = {}): Difference => ({
  ref,
  expected: anOid('1'),
  found: anOid('9'),
  action: 'refuse',
  reason: 'diverged',
  ...changes,
});

export const isNew = { expected: anOid('1'), found: null, action: 'create', reason: 'new-at-source' };
export const hasMoved = { expected: anOid('2'), found: anOid('3'), action: 'update', reason: 'moved-at-source' };
export const isGone = { expected: null, found: anOid('4'), action: 'delete', reason: 'gone-at-source' };

/** A comparison that found these, and so many heads that are equal. */
export function aComparison(differences: Difference[], inSync = 0): Comparison {
  const counts = { source: inSync, destination: inSync, inSync, create: 0, update: 0, delete: 0, keep: 0, refuse: 0 };
  for (const { action, expected, found } of differences) {
    counts[action as 'create'] += 1;
    if (expected !== null) counts.source += 1;
    if (found !== null) counts.destination += 1;
  }
  const verdict = differences.some(({ reason }) => reason === 'diverged') ? 'diverged' : 'behind';
  const refused = differences.filter(({ action }) => action === 'refuse').map(({ reason }) => reason);
  return {
    replica: 'Source--ap-northeast-3',
    verdict,
    kind: refused.length === 0 ? verdict : `${verdict}:${[...new Set(refused)].sort().join(',')}`,
    headline: `The replica Source--ap-northeast-3 is ${verdict}: …`,
    comparedAt: '2026-01-02T03:04:10.000Z',
    lagSeconds: 5,
    fingerprint: '0123456789abcdef',
    standing: differences.length,
    memory: '',
    replicable: differences.some(({ action }) => action !== 'refuse'),
    counts,
    differences,
    differencesOmitted: 0,
    ignored: {},
    task: '{}',
  };
}
