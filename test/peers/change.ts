import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Clone, git } from '../support/repository.ts';
import type { Peer, Repository } from './peer.ts';

/** A pair of repositories, and between them one change of every kind. */
export interface Change {
  source: Repository;
  /** As the destination is before; each run begins with a copy. */
  before: Repository;
}

/** Text of which the next version is a small delta. */
const text = (version: number): string =>
  Array.from({ length: 400 }, (_, n) => `line ${n} ${(n * 7919) % 10_007}${n === version ? ' changed' : ''}`).join(
    '\n',
  );

/**
 * Makes it at two peers. All that has to go away is in names that begin with `gone` or are `a`; where the heads were that move,
 * none of the source's heads is any more, so that it has to be asked.
 */
export async function mixedChange(from: Peer, to: Peer): Promise<Change> {
  const source = await from.create('source');
  const before = await to.create('before');
  for (const { path } of [source, before]) await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  const clone = await Clone.init();
  for (const version of [0, 1, 2, 3]) await clone.commit(text(version));
  for (const branch of ['a', 'gone', 'goes-on']) await clone.git('branch', branch, 'main~1');
  await clone.git('branch', 'forced', 'main~2');
  await clone.git('tag', '-a', '-m', 'a tag', 'gone-tag');
  await clone.git('tag', '-a', '-m', 'a tag', 'tag');
  await clone.push(source.path, '--all');
  await clone.push(source.path, '--tags');
  await clone.push(before.path, '--all');
  await clone.push(before.path, '--tags');

  // Deltas against what the destination has, and against what comes in the same pack.
  for (const version of [4, 5]) await clone.commit(text(version));
  for (const version of [6, 7]) await clone.commit(text(version).split('').reverse().join(''), 'new.txt');
  await clone.git('tag', '-a', '-m', 'a tag of a tag', 'nested', 'tag');
  await clone.git('checkout', '--quiet', '--detach', 'main~7');
  await clone.commit(text(8));
  await clone.push(source.path, ':a', ':gone', ':refs/tags/gone-tag');
  await clone.push(source.path, 'HEAD:forced', 'main', 'main~3:refs/heads/a/b', 'main~1:goes-on', 'nested');
  await clone.push(source.path, 'main~4:refs/heads/größe/no-objects');
  // The source's objects stay loose, so that what a pack is made of is not settled before.
  await git(before.path, 'repack', '-adkq');
  await age(join(before.path, 'objects', 'pack'));
  return { source, before };
}

/** JGit reads packs that are younger than 2.5 s again for every object that they do not have. */
async function age(packs: string): Promise<void> {
  const then = Date.now() / 1000 - 60;
  for (const name of await readdir(packs)) await utimes(join(packs, name), then, then);
}

/** All refs of a repository, by name. */
export async function refsIn({ path }: Repository): Promise<Map<string, string>> {
  const lines = (await git(path, 'for-each-ref', '--format=%(refname) %(objectname)')).split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}
