import { refuseNothing } from '../../replication/nothing.ts';
import { planHeads } from '../../replication/plan.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { refs } from '../support/plans.ts';

describe('where no head of either side matches', () => {
  const view = (names: string[]) => ({ refs: refs(Object.fromEntries(names.map((name) => [name, '1']))) });
  const planOf = (source: string[], destination: string[], patterns = ['refs/head/*']) => {
    const policy = { ...DEFAULT_POLICY, refs: patterns };
    const plan = planHeads(view(source), view(destination), policy);
    refuseNothing(plan, policy);
    return plan;
  };

  it('refuses to call that equal if the source has others', () => {
    expect(() => planOf(['refs/heads/main'], [])).toThrow(
      'no head of either side matches "refs/head/*": the source has 1 in refs/heads/*',
    );
  });

  it('finds two empty repositories equal, and follows a source that was emptied by its guard', () => {
    expect(planOf([], [])).toMatchObject({ heads: [], inSync: 0 });
    expect(planOf(['refs/notes/x'], ['refs/heads/main'], ['refs/heads/*']).heads).toMatchObject([
      { ref: 'refs/heads/main', action: 'refuse', reason: 'source-empty' },
    ]);
  });

  it('finds no fault where any head of either side matches, or nothing at all is there', () => {
    expect(planOf(['refs/heads/main', 'refs/notes/x'], [], ['refs/heads/*']).heads).toHaveLength(1);
    expect(planOf(['refs/heads/main', 'refs/notes/x'], ['refs/heads/main'], ['refs/heads/*']).inSync).toBe(1);
    expect(planOf(['refs/notes/x'], ['refs/heads/a..b'], ['refs/heads/*']).heads).toHaveLength(1);
  });

  it('names the patterns, and the first five of what is left out', () => {
    const others = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `refs/${name}/x`);

    expect(() => planOf(others, [], ['refs/head/*', `refs/${'x'.repeat(100)}`])).toThrow(
      expect.objectContaining({
        code: 'input',
        message: `no head of either side matches "refs/head/*", "refs/${'x'.repeat(75)}…": the source has ${['a', 'b', 'c', 'd', 'e'].map((name) => `1 in refs/${name}/*`).join(', ')}. Expected "refs" that take what is to be replicated`,
      }),
    );
  });
});
