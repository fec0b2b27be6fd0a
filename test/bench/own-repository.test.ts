import { shapeOf } from '../../bench/shapes/prepared.ts';
import { aFolder, git, removeFolders } from '../support/repository.ts';

afterAll(removeFolders);

async function aRepositoryWithABranch(): Promise<string> {
  const path = await aFolder();
  await git(path, 'init', '--quiet', '--initial-branch=main');
  await git(path, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  return path;
}

it('takes a repository of somebody’s own, with its default branch', async () => {
  const path = await aRepositoryWithABranch();

  expect(await shapeOf(path)).toMatchObject({ name: 'yours', works: ['nothing', 'commit', 'hundred', 'first'] });
});

it.each<[string, string[], string]>([
  ['that is detached', ['checkout', '--quiet', '--detach'], 'is detached'],
  [
    'of a branch without commits',
    ['symbolic-ref', 'HEAD', 'refs/heads/none'],
    'is refs/heads/none, which has no commits',
  ],
])('says of a HEAD %s what to do, before anything is made', async (_what, change, said) => {
  const path = await aRepositoryWithABranch();
  await git(path, ...change);

  await expect(shapeOf(path)).rejects.toThrow(
    `HEAD of ${path} ${said}: expected a branch with commits, on which the bench does its work; git -C ${path} symbolic-ref HEAD refs/heads/NAME names one`,
  );
});
