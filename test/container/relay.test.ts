import { execFileSync } from 'node:child_process';
import { readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '../../local/codecommit/profile.ts';
import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { Clone, git, refsOf, removeFolders } from '../support/repository.ts';
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

    it('counts a push whose answer was lost as what it is: done', async () => {
      await clone.commit();
      await clone.push(two.sourceUrl, 'main');
      const proxy = await FaultProxy.start(two.destination.origin, [
        { service: 'git-receive-pack', phase: 'whole', act: { do: 'close' } },
      ]);
      const { source, destination } = two.remotes();
      destination.url.port = String(proxy.port);

      const result = await two.relay({ source, destination });
      await proxy.close();

      expect(result).toMatchObject({ result: 'replicated', heads: [{ status: 'done' }] });
      await two.expectEqual();
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
  },
);

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
