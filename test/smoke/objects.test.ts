import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { aFolder, fsck, git, removeFolders } from '../support/repository.ts';
import { collect } from '../support/stream.ts';
import { bigCommit } from './objects/big-commit.ts';
import { changeOf } from './objects/change.ts';
import { blob, commit, tag, tree } from './objects/object.ts';
import { packOf } from './objects/pack.ts';

afterAll(removeFolders);

async function emptyRepository(): Promise<string> {
  const path = await aFolder();
  await git(path, 'init', '--quiet', '--bare');
  return path;
}

/** Real git takes the pack, completed with what the repository has, or fails. */
async function take(path: string, pack: Buffer): Promise<void> {
  const running = promisify(execFile)('git', ['-C', path, 'index-pack', '--stdin', '--fix-thin', '--strict']);
  running.child.stdin?.end(pack);
  await running;
}

it('makes objects and packs that real git takes for its own, ids and all', async () => {
  const path = await emptyRepository();
  const base = blob('base\n'.repeat(50));
  const longer = blob(Buffer.concat([base.body, Buffer.from('and more\n')]));
  // Between a delta and its base, so that the way back takes three bytes to say.
  const between = blob(randomBytes(40_000));
  const root = tree({ between, 'a.b': base, a: tree({ 'file.txt': base }), 'a-b': longer, 'zürich.txt': base });
  const made = commit(root, [], 'ä message');
  const object = tag('v1', made.oid);
  const { objects, tip } = changeOf('second\n', [made.oid], 'second');
  const inner = tree({ 'file.txt': base });

  await take(
    path,
    packOf([made, root, inner, object, base, between, { delta: 'by-offset', base, object: longer }, ...objects]),
  );
  await git(path, 'update-ref', 'refs/heads/main', tip);
  await git(path, 'update-ref', 'refs/tags/v1', object.oid);

  await fsck(path);
  expect(await git(path, 'log', '--format=%s', 'main')).toBe('second\nä message');
  expect(await git(path, 'cat-file', 'blob', longer.oid)).toBe(longer.body.toString().trim());
  expect(await git(path, 'rev-parse', 'v1^{commit}')).toBe(made.oid);
});

it('makes a thin pack that stands only on what a repository has', async () => {
  const path = await emptyRepository();
  const base = blob('x'.repeat(300));
  const longer = blob(Buffer.concat([base.body, Buffer.from('!')]));
  const pack = packOf([{ delta: 'by-id', base, object: longer }]);

  await expect(take(path, pack)).rejects.toThrow('unresolved delta');
  await take(path, packOf([base]));
  await take(path, pack);

  expect(await git(path, 'cat-file', '-s', longer.oid)).toBe('301');
});

it('makes the same big pack each time it is asked for, of the size that it announced', async () => {
  const path = await emptyRepository();
  const { tip, chunks, packBytes, objects } = await bigCommit(9, 'seed');

  const pack = await collect(chunks());
  await take(path, pack);
  await git(path, 'update-ref', 'refs/heads/main', tip);

  await fsck(path);
  expect((await collect(chunks())).equals(pack)).toBe(true);
  expect([pack.length, objects]).toEqual([packBytes, 4]);
  expect(await git(path, 'ls-tree', '--format=%(objectsize)', 'main')).toBe('8388608\n611392');
});
