import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import type { Action, Plan } from '../../replication/plan.ts';
import type { Reason } from '../../replication/reasons.ts';
import { allHeads, countHeads, isReplicable, verdictOf } from '../../replication/verdict.ts';

type Head = [Action, Reason];
const CREATE: Head = ['create', 'new-at-source'];
const UPDATE: Head = ['update', 'moved-at-source'];
const DELETE: Head = ['delete', 'gone-at-source'];
const KEEP: Head = ['keep', 'kept-by-policy'];
const DIVERGED: Head = ['refuse', 'diverged'];
const UNSURE: Head = ['refuse', 'origin-unknown'];
const EMPTY: Head = ['refuse', 'source-empty'];

const planOf = (heads: Head[]): Plan => ({
  heads: heads.map(([action, reason], n) => ({
    ref: `refs/heads/h${n}` as RefName,
    action,
    old: undefined,
    new: undefined,
    reason,
  })),
  inSync: 5,
  source: new Map([['refs/heads/s' as RefName, '1'.repeat(40) as Oid]]),
  destination: new Map(),
  ignored: new Map(),
  archived: new Set(),
  seeded: [],
});

it.each<[string, Head[], boolean]>([
  ['in-sync', [], false],
  ['in-sync', [KEEP, KEEP], false],
  ['behind', [CREATE], true],
  ['behind', [KEEP, UPDATE], true],
  ['behind', [DELETE, KEEP], true],
  ['refused', [EMPTY], false],
  ['refused', [CREATE, UNSURE], true],
  ['refused', [UNSURE, CREATE], true],
  ['diverged', [DIVERGED], false],
  ['diverged', [CREATE, UNSURE, DIVERGED], true],
  ['diverged', [DIVERGED, UNSURE, CREATE], true],
])('is %s for %j whatever the order, and the worst wins', (verdict, heads, replicable) => {
  const plan = planOf(heads);

  expect(verdictOf(plan)).toBe(verdict);
  expect(isReplicable(plan)).toBe(replicable);
});

it('counts every head once, under what happens to it', () => {
  const plan = planOf([CREATE, CREATE, UPDATE, DELETE, KEEP, DIVERGED, UNSURE, EMPTY]);

  expect(countHeads(plan)).toEqual({
    source: 1,
    destination: 0,
    inSync: 5,
    create: 2,
    update: 1,
    delete: 1,
    keep: 1,
    refuse: 3,
  });
  expect(allHeads(countHeads(plan))).toBe(13);
});
