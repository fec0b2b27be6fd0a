import { compareRemotes } from '../../replication/compare.ts';
import { refuseLongNames } from '../../replication/names.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { aPlan, refs } from '../support/plans.ts';

const long = `refs/heads/${'a'.repeat(257)}`;

it('a branch that is too long for CodeCommit is not created; one that is there already is moved and deleted', () => {
  const tag = `refs/tags/${'t'.repeat(300)}`;
  const plan = refuseLongNames(
    aPlan(
      { [long]: '1', [`${long}b`]: '1', [tag]: '1', 'refs/heads/x': '1' },
      { [`${long}b`]: '2', [`${long}c`]: '2' },
    ),
  );

  expect(plan.heads.map(({ ref, action, reason }) => [ref, action, reason])).toEqual([
    [long, 'refuse', 'name-too-long'],
    [`${long}b`, 'update', 'moved-at-source'],
    [`${long}c`, 'delete', 'gone-at-source'],
    ['refs/heads/x', 'create', 'new-at-source'],
    [tag, 'create', 'new-at-source'],
  ]);
});

it('a comparison refuses it where the destination is CodeCommit, and nowhere else', async () => {
  const showing = (names: string[]) => {
    const view = { refs: refs(Object.fromEntries(names.map((name) => [name, '1']))) };
    return { advertisement: async () => view, knownObjects: async () => undefined, contains: async () => undefined };
  };
  const [source, destination] = [showing(['refs/heads/main', long]), showing(['refs/heads/main'])];
  const api = { defaultBranch: async () => undefined, setDefaultBranch: async () => {} };

  const atCodeCommit = await compareRemotes(source, destination, DEFAULT_POLICY, { destination: api });
  const elsewhere = await compareRemotes(source, destination, DEFAULT_POLICY);

  expect(atCodeCommit.heads).toMatchObject([{ ref: long, action: 'refuse', reason: 'name-too-long' }]);
  expect(elsewhere.heads).toMatchObject([{ ref: long, action: 'create', reason: 'new-at-source' }]);
});
