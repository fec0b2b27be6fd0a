import { join } from 'node:path';
import { RepositoryStore } from '../../local/codecommit/store.ts';
import { type LocalReplica, replicasOf } from '../../local/demonstration.ts';
import { FastImport } from '../fast-import.ts';
import { copyRepository, git } from '../git.ts';

const COMMITS = 20;

/** So many pairs of small repositories that are in sync, as a system finds them that comes up again. */
export async function replicasInSync(directory: string, count: number): Promise<readonly LocalReplica[]> {
  const replicas = replicasOf(count);
  const template = new RepositoryStore(join(directory, 'template'));
  await template.create('template');
  const path = template.path('template');
  await writeCommits(path, COMMITS);
  await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await git(path, 'repack', '-adq');
  for (const { source, destination } of replicas)
    for (const { region, repository } of [source, destination]) {
      const store = new RepositoryStore(join(directory, region));
      await store.names();
      await copyRepository(path, store.path(repository));
    }
  return replicas;
}

/** Commits on `main`, written past the server: as after a push whose trigger was lost. */
export async function writeCommits(repository: string, count: number): Promise<void> {
  const hasAny = (await git(repository, 'for-each-ref', '--count=1')) !== '';
  const import_ = new FastImport(repository);
  for (let n = 0; n < count; n++) {
    const start = n === 0 && hasAny ? ['from refs/heads/main^0'] : [];
    await import_.write(
      'commit refs/heads/main',
      `committer C <c@example.com> ${1_700_000_000 + n} +0000`,
      'data 1',
      'c',
    );
    await import_.write(...start, `M 100644 inline file${n}`, 'data 1', String(n % 10));
  }
  await import_.end();
}
