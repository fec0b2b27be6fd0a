import { withCommits } from '../../local/storm/commits.ts';
import { Clone, git, removeFolders } from '../support/repository.ts';

afterAll(removeFolders);

it('makes the commits of a storm, and takes them away after it', async () => {
  const clone = await Clone.init();
  const tip = await clone.commit();

  const [branches, parents] = await withCommits(clone.directory, 'main', 12, async (made, commits) => [
    commits.map(({ branch }) => branch),
    await Promise.all([0, 10].map((at) => git(made, 'rev-parse', `${commits[at]?.oid}^`))).then(([first, second]) => [
      first,
      second === commits[0]?.oid,
    ]),
  ]);

  expect(branches.slice(0, 2)).toEqual(['refs/heads/storm/1', 'refs/heads/storm/2']);
  expect(branches[10]).toBe('refs/heads/storm/1');
  expect(parents).toEqual([tip, true]);
});

it('fails in git’s own words when git ends before it has read all commits', async () => {
  const clone = await Clone.init();
  await clone.commit();

  // Far more than a pipe holds.
  const work = withCommits(clone.directory, 'no-such-branch', 20_000, async () => {});

  await expect(work).rejects.toThrow(/^git fast-import failed: fatal: .*refs\/heads\/no-such-branch/);
});
