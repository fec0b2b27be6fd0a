import { GetRepositoryCommand, ListRepositoriesCommand } from '@aws-sdk/client-codecommit';
import { GitError, type GitErrorCode } from '../../git/errors.ts';
import { removeFolders } from '../support/repository.ts';
import { findingOf } from './check.ts';
import { apiOf } from './stage/api.ts';
import { Unprepared } from './stage/unprepared.ts';
import { HERE, World } from './support/world.ts';

afterAll(removeFolders);

it('lets no question about another repository, or about all, leave this machine', async () => {
  const world = await World.start();
  process.env['AWS_ENDPOINT_URL_CODECOMMIT'] = world.apiOrigin;
  const api = apiOf(HERE, ['ccrepl-smoke-1-source'], async () => world.credentials);
  const somebodys = new GetRepositoryCommand({ repositoryName: 'Somebodys' });
  const all = new ListRepositoriesCommand({});

  const asked = [
    api.ask('GetRepository', (client, abort) => client.send(somebodys, abort)),
    api.ask('ListRepositories', (client, abort) => client.send(all, abort)),
  ];

  for (const one of asked) await expect(one).rejects.toThrow("none of this run's repositories: it is not touched");
  expect([...world.called]).toEqual([]);
  api.close();
  await world.stop();
});

it.each<[GitErrorCode, string]>([
  ['connection', 'could-not-tell'],
  ['unauthorized', 'could-not-tell'],
  ['protocol', 'different'],
  ['remote-error', 'different'],
])('takes a failure that a check did not reckon with, %s, for %s', (code, result) => {
  expect(findingOf(new GitError(code, 'words'))).toEqual({ result, found: 'words' });
});

it('does not blame the server for a defect of a check', () => {
  expect(findingOf(new TypeError('x is undefined')).found).toBe('a defect of this check: x is undefined');
  expect(findingOf(new Unprepared('no branch'))).toEqual({ result: 'could-not-tell', found: 'no branch' });
});
