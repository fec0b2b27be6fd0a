import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Clone, git, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

let two: TwoRegions;
let clone: Clone;
beforeEach(async () => {
  two = await TwoRegions.start('codecommit');
  clone = await Clone.init();
});
afterEach(() => two.stop());
afterAll(removeFolders);

/** Moves refs of a bare repository without a push. */
const moveRefs = (path: string, lines: string[]) =>
  execFileSync('git', ['-C', path, 'update-ref', '--stdin'], { input: lines.map((line) => `${line}\n`).join('') });
const names = (heads: { ref: string; action: string; status: string }[]) =>
  heads.map(({ ref, action, status }) => `${ref} ${action} ${status}`).sort();

describe('more heads than one push may name', () => {
  it('bring their own packs to a server that forgets what no ref shows', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');
    for (let n = 0; n < 30; n++) {
      await clone.git('checkout', '--quiet', '-b', `b${n}`, 'main');
      await clone.commit(`${n}\n`);
    }
    await clone.push(two.sourceUrl, '--all');
    const tips = Array.from({ length: 30 }, (_, n) => n);
    const oids = await Promise.all(tips.map((n) => git(two.sourcePath, 'rev-parse', `b${n}`)));
    moveRefs(
      two.sourcePath,
      Array.from({ length: 4200 }, (_, n) => `create refs/heads/c/${n} ${oids[Math.floor(n / 140)] as string}`),
    );
    moveRefs(
      two.sourcePath,
      tips.map((n) => `delete refs/heads/b${n}`),
    );
    const hook = join(two.destinationPath, 'hooks', 'post-receive');
    await writeFile(hook, '#!/bin/sh\ncat >"$CCREPL_RECEIVED"\ngit repack -adq && git prune --expire=now\n');
    await chmod(hook, 0o755);

    const result = await two.relay();

    expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
    await two.expectEqual();
  });
});

describe('names of which one is a directory of the other', () => {
  it('change places in one run, in both directions', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:refs/heads/a', 'main:refs/heads/b/c', 'main:refs/tags/t');
    await two.relay();
    await clone.commit();
    await clone.push(two.sourceUrl, ':refs/heads/a', ':refs/heads/b/c', ':refs/tags/t');
    await clone.push(two.sourceUrl, 'main', 'main:refs/heads/a/x', 'main:refs/heads/b', 'main:refs/tags/t/u');

    const result = await two.relay();

    expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
    await two.expectEqual();
  });

  it('change places by the thousand', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');
    const oid = await git(two.sourcePath, 'rev-parse', 'main');
    const all = Array.from({ length: 4200 }, (_, n) => n);
    moveRefs(
      two.sourcePath,
      all.map((n) => `create refs/heads/${n % 2 ? `n${n}` : `n${n}/x`} ${oid}`),
    );
    await two.relay();
    moveRefs(
      two.sourcePath,
      all.map((n) => `delete refs/heads/${n % 2 ? `n${n}` : `n${n}/x`}`),
    );
    moveRefs(
      two.sourcePath,
      all.map((n) => `create refs/heads/${n % 2 ? `n${n}/x` : `n${n}`} ${oid}`),
    );

    const refused = await two.relay();
    const result = await two.relay({ confirm: refused.massChange?.fingerprint });

    expect(refused).toMatchObject({ error: { code: 'refused' }, massChange: { deletes: 4200 } });
    expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
    await two.expectEqual();
  }, 180_000);

  it('leave a name alone that the destination keeps, and say so', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:refs/heads/a');
    await two.relay();
    await clone.push(two.sourceUrl, ':refs/heads/a');
    await clone.push(two.sourceUrl, 'main:refs/heads/a/x', 'main:refs/heads/free');

    const result = await two.relay({ policy: { ...two.policy, deletes: 'keep' } });

    expect(names(result.heads)).toEqual([
      'refs/heads/a keep kept',
      'refs/heads/a/x refuse refused',
      'refs/heads/free create done',
    ]);
    expect(result.heads.find(({ ref }) => ref === 'refs/heads/a/x')?.code).toBe('name-taken');
  });
});

describe('the default branch', () => {
  const defaultOf = (path: string) => git(path, 'symbolic-ref', 'HEAD');

  it('of a source that renames master to main follows in one run, and the old one goes', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main:master', 'main:other');
    await two.source.store.setDefaultBranch('Source', 'master');
    await two.relay({ apis: await two.apis() });
    const before = await defaultOf(two.destinationPath);
    await clone.push(two.sourceUrl, 'main');
    await two.source.store.setDefaultBranch('Source', 'main');
    await clone.push(two.sourceUrl, ':master');

    const result = await two.relay({ apis: await two.apis() });

    expect(before).toBe('refs/heads/master');
    expect(result).toMatchObject({
      result: 'replicated',
      rounds: 1,
      defaultBranch: { expected: 'refs/heads/main', found: 'refs/heads/master', status: 'done' },
    });
    expect(await defaultOf(two.destinationPath)).toBe('refs/heads/main');
    await two.expectEqual();
  });

  it('alone is a difference, and is set', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:other');
    await two.relay({ apis: await two.apis() });
    await two.source.store.setDefaultBranch('Source', 'other');

    const result = await two.relay({ apis: await two.apis() });

    expect(result).toMatchObject({ result: 'replicated', heads: [], defaultBranch: { status: 'done' } });
    expect(await defaultOf(two.destinationPath)).toBe('refs/heads/other');
  });

  it.each([
    ['whose place another branch can take', ['main:other']],
    ['that is the only one', []],
  ])('%s gives way to a name that it stands in the way of', async (_what, more) => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main:a', ...more);
    await two.source.store.setDefaultBranch('Source', 'a');
    await two.relay({ apis: await two.apis() });
    await git(two.sourcePath, 'update-ref', '-d', 'refs/heads/a');
    await clone.push(two.sourceUrl, 'main:a/b');
    await two.source.store.setDefaultBranch('Source', 'a/b');

    const result = await two.relay({ apis: await two.apis() });

    expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
    expect(await defaultOf(two.destinationPath)).toBe('refs/heads/a/b');
    await two.expectEqual();
  });

  it('that may not be changed is one named condition, and all the rest goes on', async () => {
    await two.stop();
    two = await TwoRegions.start('codecommit', ['UpdateDefaultBranch']);
    await clone.commit();
    await clone.push(two.sourceUrl, 'main:master');
    await two.relay({ apis: await two.apis() });
    await clone.push(two.sourceUrl, 'main', 'main:feature');
    await two.source.store.setDefaultBranch('Source', 'main');
    await clone.push(two.sourceUrl, ':master');

    const result = await two.relay({ apis: await two.apis() });

    expect(result).toMatchObject({
      result: 'incomplete',
      error: { code: 'auth' },
      defaultBranch: { status: 'refused', error: { code: 'auth' } },
    });
    expect(result.error?.message).toContain('codecommit:UpdateDefaultBranch is needed');
    expect(names(result.heads)).toEqual([
      'refs/heads/feature create done',
      'refs/heads/main create done',
      'refs/heads/master delete refused',
    ]);
  });

  it('that cannot be read is a warning, and the heads are replicated', async () => {
    await two.stop();
    two = await TwoRegions.start('codecommit', ['GetRepository']);
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');

    const result = await two.relay({ apis: await two.apis() });

    expect(result).toMatchObject({ result: 'replicated' });
    expect(result.warnings.sort()).toEqual([
      expect.stringMatching(/^the default branch of the destination could not be read: .*AccessDenied/),
      expect.stringMatching(/^the default branch of the source could not be read: .*AccessDenied/),
    ]);
  });

  it('of another host is what its HEAD says', async () => {
    await two.stop();
    two = await TwoRegions.start('git');
    await clone.commit();
    await clone.push(two.sourceUrl, 'main:b', 'main:a');
    await two.source.store.setDefaultBranch('Source', 'b');
    const { destination } = await two.apis();

    const result = await two.relay({ apis: { destination } });

    expect(result).toMatchObject({ result: 'replicated', defaultBranch: { expected: 'refs/heads/b', status: 'done' } });
    expect(await defaultOf(two.destinationPath)).toBe('refs/heads/b');
  });
});

it('waits while a server throttles, and says what was too much when it never stops', async () => {
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  two.source.throttle = { git: 2, api: 2 };
  two.destination.throttle = { git: 1, api: 1 };

  const result = await two.relay({ ...two.remotes({ sleep }), apis: await two.apis() });
  two.source.throttle = { git: 100 };
  const never = await two.relay(two.remotes({ sleep }));

  expect(result).toMatchObject({ result: 'replicated', warnings: [] });
  expect(never).toMatchObject({ result: 'failed', error: { code: 'transient' } });
  expect(never.error?.message).toContain('HTTP 429');
  expect(waits.every((ms) => ms >= 0 && ms <= 30_000)).toBe(true);
  await two.expectEqual();
});
