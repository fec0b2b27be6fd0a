import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '../../local/codecommit/profile.ts';
import { disturbingProxy } from '../support/proxy.ts';
import { Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

const summary = (heads: { ref: string; action: string; status: string }[]) =>
  heads.map(({ ref, action, status }) => `${ref} ${action} ${status}`);

describe.each<Profile>(['git', 'codecommit'])(
  'relay between real git servers that advertise what %s does',
  (profile) => {
    let two: TwoRegions;
    let clone: Clone;
    beforeEach(async () => {
      two = await TwoRegions.start(profile);
      clone = await Clone.init();
    });
    afterEach(() => two.stop());
    afterAll(removeFolders);

    it('replicates branches and tags of an empty destination, then finds nothing to do in two requests', async () => {
      await clone.commit();
      await clone.git('branch', 'feature/one');
      await clone.git('tag', 'v1');
      await clone.push(two.sourceUrl, '--all');
      await clone.push(two.sourceUrl, '--tags');

      const first = await two.relay();
      const second = await two.relay();

      expect(first.result).toBe('replicated');
      expect(summary(first.heads)).toEqual([
        'refs/heads/feature/one create done',
        'refs/heads/main create done',
        'refs/tags/v1 create done',
      ]);
      expect(first.objects).toBe(3);
      await two.expectEqual();
      expect(second).toMatchObject({
        result: 'in-sync',
        heads: [],
        packBytes: 0,
        requests: { source: 1, destination: 1 },
      });
    });

    it('sends what has changed, not what there is', async () => {
      await clone.history(300);
      await clone.push(two.sourceUrl, 'main');
      const whole = await two.relay();
      await clone.git('checkout', '--quiet', 'main');
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');

      const change = await two.relay();

      expect(change).toMatchObject({
        result: 'replicated',
        objects: 3,
        rounds: 1,
        requests: { source: 2, destination: 3 },
      });
      expect(change.bytesSentToDestination).toBeLessThan(1000);
      expect(whole.packBytes).toBeGreaterThan(50 * change.packBytes);
      await two.expectEqual();
    });

    it('carries tags of every kind with their own ids: light, annotated, of a tag, of a tree and of a blob', async () => {
      const commit = await clone.commit();
      await clone.git('tag', 'light');
      await clone.git('tag', '-a', '-m', 'annotated', 'annotated');
      await clone.git('tag', '-a', '-m', 'tag of a tag', 'nested', 'annotated');
      await clone.git('tag', 'tree', `${commit}^{tree}`);
      await clone.git('tag', '-a', '-m', 'a tagged blob', 'blob', `${commit}:file.txt`);
      await clone.push(two.sourceUrl, 'main', '--tags');

      expect((await two.relay()).result).toBe('replicated');
      await two.expectEqual();

      await clone.commit();
      await clone.git('tag', '-f', '-a', '-m', 'moved', 'annotated');
      await clone.git('tag', '-f', 'tree', 'HEAD^{tree}');
      await clone.git('tag', '-f', 'light');
      await clone.git('tag', '-f', 'blob', 'HEAD:file.txt');
      await clone.push(two.sourceUrl, 'main', '--tags');

      expect((await two.relay()).result).toBe('replicated');
      await two.expectEqual();
    });

    it('follows a rewritten branch, a deleted branch and a deleted tag', async () => {
      await clone.commit();
      await clone.commit();
      await clone.git('branch', 'old');
      await clone.git('tag', 'old');
      await clone.push(two.sourceUrl, '--all');
      await clone.push(two.sourceUrl, '--tags');
      await two.relay();
      await clone.git('reset', '--quiet', '--hard', 'HEAD~1');
      await clone.commit('rewritten\n');
      await clone.push(two.sourceUrl, 'main', ':refs/heads/old', ':refs/tags/old');

      const result = await two.relay();

      expect(summary(result.heads)).toEqual([
        'refs/heads/main update done',
        'refs/heads/old delete done',
        'refs/tags/old delete done',
      ]);
      await two.expectEqual();
    });

    it('moves refs to objects that the destination has with an empty pack, and never asks for one', async () => {
      await clone.commit();
      await clone.git('branch', 'other');
      await clone.commit();
      await clone.push(two.sourceUrl, '--all');
      await two.relay();
      await clone.push(two.sourceUrl, 'main:refs/heads/new', 'main:refs/heads/other', 'main:refs/tags/v2');

      const result = await two.relay();

      expect(summary(result.heads)).toEqual([
        'refs/heads/new create done',
        'refs/heads/other update done',
        'refs/tags/v2 create done',
      ]);
      expect(result).toMatchObject({ packBytes: 0, objects: 0 });
      await two.expectEqual();
    });

    it('replaces a branch by a folder of branches and back, in one run each', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main', 'main:refs/heads/a', 'main:refs/heads/b/c');
      await two.relay();
      await clone.push(two.sourceUrl, ':refs/heads/a', ':refs/heads/b/c');
      await clone.commit();
      await clone.push(two.sourceUrl, 'main:refs/heads/a/b', 'main:refs/heads/b');

      const result = await two.relay();

      expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
      await two.expectEqual();
    });

    it('plans again when a head of the destination moves between reading and pushing, and overwrites nothing', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      await two.relay();
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      const stray = await strayCommit(two);
      const { source, destination } = two.remotes();
      const read = source.advertisement.bind(source);
      source.advertisement = async (service) => {
        // The destination has been read; now somebody pushes to it.
        await git(stray.directory, 'push', '--quiet', '--force', two.destinationUrl, 'HEAD:refs/heads/main');
        return read(service);
      };

      const result = await two.relay({ source, destination });

      expect(result.rounds).toBe(2);
      expect(result.heads).toMatchObject([{ ref: 'refs/heads/main', status: 'refused', old: stray.commit }]);
      expect(result.error?.code).toBe('refused');
      expect(await git(two.destinationPath, 'rev-parse', 'main')).toBe(stray.commit);
    });

    it('reaches the goal in a second round when the source itself had moved the head there', async () => {
      const first = await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      await two.relay();
      await clone.commit();
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      const { source, destination } = two.remotes();
      const read = source.advertisement.bind(source);
      let rounds = 0;
      source.advertisement = async (service) => {
        rounds += 1;
        // Another run of ours wins the race with an older state.
        if (rounds === 1) await git(clone.directory, 'push', '--quiet', two.destinationUrl, 'main~1:refs/heads/main');
        return read(service);
      };

      const result = await two.relay({ source, destination });

      expect(result).toMatchObject({ result: 'replicated', rounds: 2 });
      expect(first).toHaveLength(40);
      await two.expectEqual();
    });

    it('keeps a head that somebody pushed to the destination, and replicates the others', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main', 'main:refs/heads/other');
      await two.relay();
      const stray = await strayCommit(two);
      await git(
        stray.directory,
        'push',
        '--quiet',
        two.destinationUrl,
        'HEAD:refs/heads/main',
        'HEAD:refs/heads/only-there',
      );
      const next = await clone.commit();
      await clone.push(two.sourceUrl, 'main', 'main:refs/heads/other');

      const result = await two.relay();

      expect(result.error?.code).toBe('refused');
      expect(summary(result.heads).sort()).toEqual([
        'refs/heads/main refuse refused',
        'refs/heads/only-there refuse refused',
        'refs/heads/other update done',
      ]);
      expect(await git(two.destinationPath, 'rev-parse', 'main', 'only-there', 'other')).toBe(
        [stray.commit, stray.commit, next].join('\n'),
      );
      await fsck(two.destinationPath);
    });

    it('deletes nothing when the source shows no heads', async () => {
      await clone.commit();
      await clone.push(two.destinationUrl, 'main');

      const result = await two.relay();

      expect(result).toMatchObject({ result: 'incomplete', heads: [{ ref: 'refs/heads/main', status: 'refused' }] });
      expect(await refsOf(two.destinationPath)).toContain('refs/heads/main');
    });

    it('leaves the destination as it was when the source is cut in the middle of the pack', async () => {
      await clone.history(200);
      await clone.push(two.sourceUrl, 'main');
      const before = await two.relay();
      await clone.git('checkout', '--quiet', 'main');
      await clone.commit(randomText(200_000));
      await clone.push(two.sourceUrl, 'main');
      const refs = await refsOf(two.destinationPath);
      const proxy = await disturbingProxy(two.source.origin, [{ path: 'git-upload-pack', cutAnswerAfter: 50_000 }]);
      const { source, destination } = two.remotes();
      source.url.port = String(proxy.port);

      const cut = await two.relay({ source, destination });
      await proxy.close();
      const healed = await two.relay();

      expect(before.result).toBe('replicated');
      expect(cut).toMatchObject({ result: 'failed', error: { code: 'transient' } });
      expect(cut.heads).toMatchObject([{ ref: 'refs/heads/main', status: 'not-written' }]);
      expect(refs).toContain('refs/heads/main');
      expect(healed.result).toBe('replicated');
      await two.expectEqual();
    });

    it('counts a push whose answer was lost as what it is: done', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      const proxy = await disturbingProxy(two.destination.origin, [{ path: 'git-receive-pack', loseAnswer: true }]);
      const { source, destination } = two.remotes();
      destination.url.port = String(proxy.port);

      const result = await two.relay({ source, destination });
      await proxy.close();

      expect(result).toMatchObject({ result: 'replicated', heads: [{ status: 'done' }] });
      await two.expectEqual();
    });

    it('reports the one head that the destination rejects, and puts the others in place', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main', 'main:refs/heads/locked', 'main:refs/heads/open');
      const hook = join(two.destinationPath, 'hooks', 'update');
      await writeFile(hook, '#!/bin/sh\n[ "$1" != refs/heads/locked ]\n');
      await chmod(hook, 0o755);

      const result = await two.relay();

      expect(result).toMatchObject({ result: 'incomplete', rounds: 1, error: { code: 'partial' } });
      expect(summary(result.heads).sort()).toEqual([
        'refs/heads/locked create rejected',
        'refs/heads/main create done',
        'refs/heads/open create done',
      ]);
      expect(result.heads.find(({ ref }) => ref === 'refs/heads/locked')?.reason).toContain('hook declined');
    });

    it('sends a full pack once when the destination lacks what a thin one relies on', async () => {
      await clone.history(50);
      await clone.push(two.sourceUrl, 'main');
      await two.relay();
      await clone.git('checkout', '--quiet', 'main');
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      // The destination loses its tip's tree: the new tree is a delta against just that.
      const lost = await git(two.destinationPath, 'rev-parse', 'main^{tree}');
      await explode(two.destinationPath);
      await unlink(join(two.destinationPath, 'objects', lost.slice(0, 2), lost.slice(2)));

      const result = await two.relay();

      expect(result).toMatchObject({ result: 'replicated', rounds: 2 });
      await two.expectEqual();
    });

    it('deletes nothing once a pack was not taken', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main', 'main:refs/heads/old');
      await two.relay();
      await clone.commit(randomText(50_000));
      await clone.push(two.sourceUrl, 'main', ':refs/heads/old');
      await git(two.destinationPath, 'config', 'receive.maxInputSize', '1000');

      const result = await two.relay();

      expect(result).toMatchObject({ result: 'failed', error: { code: 'quota' } });
      expect(result.error?.message).toMatch(/^commit [0-9a-f]{40} alone brings 3 objects, more than/);
      expect(summary(result.heads).sort()).toEqual([
        'refs/heads/main update not-written',
        'refs/heads/old delete not-written',
      ]);
      expect(await git(two.destinationPath, 'for-each-ref', '--format=%(refname)')).toBe(
        'refs/heads/main\nrefs/heads/old',
      );
    });

    it('writes nothing in a dry run, and says what it would do and why', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');

      const result = await two.relay({ dryRun: true });

      expect(result.result).toBe('planned');
      expect(result.heads).toMatchObject([
        { action: 'create', status: 'planned', reason: 'is at the source and not yet at the destination' },
      ]);
      expect(await refsOf(two.destinationPath)).toBe('');
    });

    it('copies names that would harm a shell or a log byte for byte', async () => {
      await clone.commit();
      const names = [
        "a'b",
        'a"b',
        '$(id)',
        '`id`',
        'a;b',
        'a|b',
        'a&b',
        '<b>',
        '--upload-pack=x',
        '%0d%0a',
        'ä-日本',
        '\u202Ex',
      ];
      await clone.push(two.sourceUrl, ...names.map((name) => `main:refs/heads/${name}`));

      const result = await two.relay();

      expect(result.heads).toHaveLength(names.length);
      await two.expectEqual();
    });

    it('counts refs outside branches and tags, and leaves them alone', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main', 'main:refs/notes/x', 'main:refs/pull/1/head', 'main:refs/pull/2/head');

      const result = await two.relay();

      expect([...result.ignored]).toEqual([
        ['refs/notes/*', 1],
        ['refs/pull/*', 2],
      ]);
      expect(await git(two.destinationPath, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    });
  },
);

async function strayCommit(two: TwoRegions): Promise<{ directory: string; commit: string }> {
  const clone = await Clone.init();
  await clone.git('fetch', '--quiet', two.destinationUrl, 'main');
  await clone.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
  const commit = await clone.commit('made on the replica\n', 'stray.txt');
  return { directory: clone.directory, commit };
}

const randomText = (bytes: number): string => {
  let text = '';
  for (let n = 0; text.length < bytes; n++) text += `${Math.imul(n + 1, 2654435761) >>> 0}\n`;
  return text;
};

/** All objects of a repository as loose files, so that one can be taken away. */
async function explode(path: string): Promise<void> {
  const packs = join(path, 'objects', 'pack');
  for (const file of await readdir(packs)) {
    if (!file.endsWith('.pack')) continue;
    const aside = join(path, file);
    await rename(join(packs, file), aside);
    await rm(join(packs, file.replace('.pack', '.idx')), { force: true });
    execFileSync('git', ['-C', path, 'unpack-objects', '-q'], { input: await readFile(aside) });
    await rm(aside);
  }
}
