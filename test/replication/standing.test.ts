import type { RefName } from '../../git/ref.ts';
import type { Plan, PlannedHead } from '../../replication/plan.ts';
import { standingSince } from '../../replication/standing.ts';
import { verdictOf } from '../../replication/verdict.ts';
import { anOid, aPlan } from '../support/plans.ts';

const [A, B] = ['refs/heads/a', 'refs/heads/b'] as [RefName, RefName];
const equal = aPlan({ [A]: '1', [B]: '1' }, { [A]: '1', [B]: '1' });
const behind = aPlan({ [A]: '1', [B]: '1' }, { [A]: '2', [B]: '1' });
const branch = (wanted: RefName, settable = true) => ({ defaultBranch: { wanted, found: undefined, settable } });
const seeded = { seeded: [anOid('7')] };
const at = (plan: Plan, before?: string, heads: readonly PlannedHead[] = plan.heads) =>
  standingSince(plan, heads, before);
/** What of `now` stands since `then`. */
const since = (then: Plan, now: Plan) => at(now, at(then).memory);

it('a default branch stands only if it is the same that was wanted before, and can be set', () => {
  const wanted = { ...equal, ...branch(A) };

  expect(since(wanted, wanted)).toMatchObject({ standing: 1, plan: branch(A) });
  expect(since(wanted, { ...equal, ...branch(B) }).standing).toBe(0);
  expect(since({ ...equal, ...branch(A, false) }, { ...equal, ...branch(A, false) }).standing).toBe(0);
});

it('what stands beside a head is told with it, and what only now is so is not', () => {
  const all = { ...behind, ...branch(A), ...seeded };

  expect(since(all, all)).toMatchObject({ standing: 3, plan: all });
  const onlyHead = since(behind, all);
  expect(onlyHead).toMatchObject({ standing: 1, plan: { heads: behind.heads, seeded: [] } });
  expect(onlyHead.plan).not.toHaveProperty('defaultBranch');
  const onlySeeding = since({ ...equal, ...seeded }, all);
  expect(onlySeeding).toMatchObject({ standing: 1, plan: { heads: [], ...seeded } });
  expect(onlySeeding.plan).not.toHaveProperty('defaultBranch');
  expect(verdictOf(onlySeeding.plan)).toBe('behind');
  const onlyBranch = since({ ...equal, ...branch(A) }, all);
  expect(onlyBranch).toMatchObject({ standing: 1, plan: { heads: [], seeded: [], ...branch(A) } });
});

it('a default branch that cannot be set is not told with a head that stands', () => {
  const plan = { ...behind, ...branch(A, false) };

  expect(since(plan, plan).plan).not.toHaveProperty('defaultBranch');
});

it('a head that is gone is another than one that has moved', () => {
  const gone = aPlan({ [B]: '1' }, { [A]: '2', [B]: '1' });

  expect(since(gone, gone).standing).toBe(1);
  expect(since(gone, behind).standing).toBe(0);
});

it('nothing stands beside a comparison that found nothing, or whose memory nobody can read', () => {
  for (const before of ['', 'x', 'no memory']) {
    expect(at(behind, before)).toEqual({ plan: behind, standing: 0, memory: '' });
  }
});

it('names are told apart by each of their bytes', () => {
  const of = (name: string) => aPlan({ [name]: '1', [B]: '1' }, { [B]: '1' });

  expect(since(of('refs/heads/á'), of('refs/heads/â')).standing).toBe(0);
});
