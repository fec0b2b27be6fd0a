import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { resolveDivergence } from '../../replication/resolution.ts';
import { aFolder, Clone, git, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

let two: TwoRegions;
let clone: Clone;
let stray: Clone;
beforeEach(async () => {
  two = await TwoRegions.start('codecommit');
  clone = await Clone.init();
  await clone.commit();
  stray = await Clone.init();
  await stray.commit('made on the replica\n', 'stray.txt');
});
afterEach(() => two.stop());
afterAll(removeFolders);

const tipOf = async (path: string, ref: string): Promise<string | null> =>
  (await git(path, 'for-each-ref', '--format=%(objectname)', ref)) || null;

/** The commands about a head as both repositories have it now. */
async function commands(ref: string): Promise<{ keep: string; giveUp: string }> {
  const head = { ref, expected: await tipOf(two.sourcePath, ref), found: await tipOf(two.destinationPath, ref) };
  const resolution = resolveDivergence(head, two.sourceUrl, two.destinationUrl);
  if ('impossible' in resolution) throw new Error(resolution.impossible);
  return resolution;
}

/** Pastes a command into a shell in an empty repository. */
async function paste(command: string): Promise<void> {
  const folder = await aFolder();
  await git(folder, 'init', '--quiet');
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  await promisify(execFile)('sh', ['-c', command], { cwd: folder, env });
}

describe.each(['refs/heads/main', "refs/heads/it's;$(touch$IFS-x)&`id`", 'refs/tags/日本', 'refs/heads/100%/a+b@c'])(
  'the commands about the diverged head %s, pasted into a shell',
  (ref) => {
    beforeEach(async () => {
      for (const url of [two.sourceUrl, two.destinationUrl])
        await clone.push(url, `main:${ref}`, 'main:refs/heads/other');
      await stray.push(two.destinationUrl, `main:${ref}`);
    });

    it('bring the work to the source, after which the replica follows the source again and nothing is lost', async () => {
      const commit = await stray.git('rev-parse', 'main');

      await paste((await commands(ref)).keep);
      const result = await two.relay();

      expect(result).toMatchObject({ result: 'replicated' });
      expect(await git(two.destinationPath, 'for-each-ref', '--points-at', commit, '--format=%(refname)')).toBe(
        ref.replace(/^refs\/(heads|tags)\//, 'refs/$1/from-replica/'),
      );
      await two.expectEqual();
    });

    it('give the work up, and put the destination back to what the source has', async () => {
      await paste((await commands(ref)).giveUp);

      await two.expectEqual();
    });

    it('give nothing up when somebody has pushed once more since the message was written', async () => {
      const { giveUp } = await commands(ref);
      const newer = await stray.commit('even newer\n', 'stray.txt');
      await stray.push(two.destinationUrl, `main:${ref}`);

      await expect(paste(giveUp)).rejects.toThrow('stale info');
      expect(await git(two.destinationPath, 'rev-parse', ref)).toBe(newer);
    });
  },
);

it('the commands delete a head that only the destination has, when its work is given up', async () => {
  await clone.push(two.sourceUrl, 'main');
  await clone.push(two.destinationUrl, 'main');
  await stray.push(two.destinationUrl, 'main:refs/heads/only-there');

  await paste((await commands('refs/heads/only-there')).giveUp);

  await two.expectEqual();
});

it('the commands rescue the work of a diverged annotated tag, the tag object itself', async () => {
  await clone.push(two.sourceUrl, 'main', 'main:refs/tags/v1');
  await stray.git('tag', '-a', '-m', 'theirs', 'theirs');
  await stray.push(two.destinationUrl, 'refs/tags/theirs:refs/tags/v1');

  await paste((await commands('refs/tags/v1')).keep);

  expect(await tipOf(two.sourcePath, 'refs/tags/from-replica/v1')).toBe(await stray.git('rev-parse', 'theirs'));
});

it('the commands rescue the work of a diverged head outside branches and tags beside it, too', async () => {
  await clone.push(two.sourceUrl, 'main:refs/notes/n', 'main');
  await stray.push(two.destinationUrl, 'main:refs/notes/n');
  const before = await tipOf(two.sourcePath, 'refs/notes/n');

  await paste((await commands('refs/notes/n')).keep);

  expect(await tipOf(two.sourcePath, 'refs/notes/n')).toBe(before);
  expect(await tipOf(two.sourcePath, 'refs/notes/from-replica/n')).toBe(await stray.git('rev-parse', 'main'));
});
