import fc from 'fast-check';
import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { foreignTips, settleOrigins, withOrigins } from '../../replication/origin.ts';
import { type Plan, planHeads, tipsInQuestion, writes } from '../../replication/plan.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { countHeads, isReplicable, verdictOf } from '../../replication/verdict.ts';
import { anOid, aPlan, refs } from '../support/plans.ts';

const decisions = (plan: Plan) => plan.heads.map(({ ref, action, reason }) => `${ref} ${action} ${reason}`);

it('creates, updates and deletes what differs, sorted by name, and counts what is equal', () => {
  const plan = aPlan(
    { 'refs/heads/new': '1', 'refs/heads/moved': '2', 'refs/tags/same': '3' },
    { 'refs/heads/moved': '9', 'refs/heads/gone': '4', 'refs/tags/same': '3' },
  );

  expect(decisions(plan)).toEqual([
    'refs/heads/gone delete gone-at-source',
    'refs/heads/moved update moved-at-source',
    'refs/heads/new create new-at-source',
  ]);
  expect(countHeads(plan)).toEqual({
    source: 3,
    destination: 3,
    inSync: 1,
    create: 1,
    update: 1,
    delete: 1,
    keep: 0,
    refuse: 0,
  });
});

it('never deletes because a source shows nothing', () => {
  const plan = aPlan({}, { 'refs/heads/main': '1', 'refs/tags/v': '2' });

  expect(decisions(plan)).toEqual(['refs/heads/main refuse source-empty', 'refs/tags/v refuse source-empty']);
  expect(verdictOf(plan)).toBe('refused');
});

it('leaves deleted heads where the policy keeps them, and calls that in sync', () => {
  const plan = aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/a': '1', 'refs/heads/b': '2' }, { deletes: 'keep' });

  expect(decisions(plan)).toEqual(['refs/heads/b keep kept-by-policy']);
  expect(verdictOf(plan)).toBe('in-sync');
});

it('takes the refs of the policy, counts the others, and refuses names that git forbids', () => {
  const source = {
    'refs/heads/a': '1',
    'refs/pull/1/head': '2',
    'refs/pull/2/head': '2',
    'refs/heads/../x': '3',
    'refs/exact': '4',
  };
  const plan = aPlan(source, {}, { refs: ['refs/heads/*', 'refs/exact'] });

  expect(decisions(plan)).toEqual([
    'refs/exact create new-at-source',
    'refs/heads/a create new-at-source',
    'refs/heads/../x refuse invalid-name',
  ]);
  expect([...plan.ignored]).toEqual([['refs/pull/*', 2]]);
});

it('asks about every tip that it would overwrite, unless the source shows it anyway', () => {
  const plan = aPlan(
    { 'refs/heads/a': '1', 'refs/heads/b': '2', 'refs/heads/new': '3' },
    { 'refs/heads/a': '2', 'refs/heads/b': '8', 'refs/heads/gone': '9' },
  );

  expect([...tipsInQuestion(plan)].sort()).toEqual([anOid('8'), anOid('9')]);
});

it('keeps a head whose tip the source does not know, and lets the others go on', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/b': '2' }, { 'refs/heads/a': '8', 'refs/heads/b': '9' });

  const settled = withOrigins(plan, tipsInQuestion(plan), new Set([anOid('8')]));

  expect(decisions(settled)).toEqual(['refs/heads/a refuse diverged', 'refs/heads/b update moved-at-source']);
  expect(verdictOf(settled)).toBe('diverged');
  expect(isReplicable(settled)).toBe(true);
});

describe('where a tip came from', () => {
  const tips = new Set([anOid('1'), anOid('2')]);
  const knows =
    (...digits: string[]) =>
    async () =>
      new Set(digits.map(anOid));
  const cannotSay = async () => undefined;

  it('is somebody else only if no authority knows it', async () => {
    expect(await foreignTips(tips, [knows('1'), knows('2')])).toEqual(new Set());
    expect(await foreignTips(tips, [knows('1'), cannotSay])).toEqual(new Set([anOid('2')]));
  });

  it('asks the next authority only about what is still unknown', async () => {
    const asked: (readonly Oid[])[] = [];
    const second = async (oids: readonly Oid[]) => {
      asked.push(oids);
      return new Set<Oid>();
    };

    await foreignTips(tips, [knows('1'), second]);

    expect(asked).toEqual([[anOid('2')]]);
  });

  it('keeps every head in question if nobody can say', async () => {
    const plan = aPlan({ 'refs/heads/a': '1' }, { 'refs/heads/a': '8' });

    expect(decisions(await settleOrigins(plan, [cannotSay]))).toEqual(['refs/heads/a refuse origin-unknown']);
    expect(decisions(await settleOrigins(plan, []))).toEqual(['refs/heads/a refuse origin-unknown']);
  });
});

const heads = fc.dictionary(
  fc.constantFrom('refs/heads/a', 'refs/heads/b', 'refs/heads/b/c', 'refs/tags/a', 'refs/tags/z', 'refs/notes/n'),
  fc.constantFrom('1', '2', '3', '4'),
);

it('makes the destination what the source is, wherever nothing is refused', () => {
  fc.assert(
    fc.property(heads, heads, (source, destination) => {
      const plan = planHeads({ refs: refs(source) }, { refs: refs(destination) }, DEFAULT_POLICY);
      const after = new Map<RefName, Oid>(plan.destination);
      for (const head of plan.heads.filter(writes)) {
        expect(after.get(head.ref)).toBe(head.old);
        if (head.new === undefined) after.delete(head.ref);
        else after.set(head.ref, head.new);
      }
      if (!plan.heads.some(({ action }) => action === 'refuse'))
        expect(new Map([...after].sort())).toEqual(new Map([...plan.source].sort()));
      else expect(after).toEqual(plan.destination);
    }),
  );
});
