import { pushedRefs } from '../../infra/configuration/pushed-refs.ts';

it('gives the patterns of all policies and those of ccrepl’s own refs, without those that another covers', () => {
  expect(pushedRefs([{ refs: ['refs/heads/*', 'refs/tags/*'] }, { refs: ['refs/heads/main'] }])).toEqual([
    'refs/heads/*',
    'refs/tags/*',
  ]);
  expect(pushedRefs([{ refs: ['refs/heads/main'] }])).toEqual([
    'refs/heads/main',
    'refs/tags/ccrepl-archive/*',
    'refs/tags/ccrepl-seeding/*',
    'refs/heads/ccrepl-stand-in',
  ]);
});

it('writes no variable of IAM into a policy, whatever a ref is called', () => {
  const braces = (name: string) => `refs/heads/$${name}`;

  expect(pushedRefs([{ refs: [braces('{aws:username}'), 'refs/tags/*', 'refs/heads/ccrepl-stand-in'] }])[0]).toBe(
    braces('{$}{aws:username}'),
  );
});
