import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeCommitRemote } from '../../git/codecommit/remote.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import type { Profile } from '../../local/codecommit/profile.ts';
import type { Policy } from '../../replication/policy.ts';
import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { Clone, fsck, git, removeFolders } from '../support/repository.ts';
import { chunksOf, packets } from '../support/stream.ts';
import { type Ran, SOURCE, TwoRegions } from '../support/two-regions.ts';

const names = ({ heads }: Ran) => heads.map(({ ref, action, status }) => `${ref} ${action} ${status}`).sort();
const codes = ({ heads }: Ran) =>
  Object.fromEntries(heads.map(({ ref, code }) => [ref.replace('refs/heads/', ''), code]));
const refNames = (path: string) => git(path, 'for-each-ref', '--format=%(refname)');

describe.each<Profile>(['git', 'codecommit'])('guards between servers that advertise what %s does', (profile) => {
  let two: TwoRegions;
  let clone: Clone;
  const relay = async (policy: Partial<Policy> = {}, confirm?: string): Promise<Ran> =>
    two.relay({
      policy: { ...two.policy, ...policy },
      confirm,
      ...(profile === 'codecommit' && { apis: await two.apis() }),
    });
  beforeEach(async () => {
    two = await TwoRegions.start(profile);
    clone = await Clone.init();
  });
  afterEach(() => two.stop());
  afterAll(removeFolders);

  /** A branch with one commit of its own on top of main, checked out. */
  async function branch(name: string, from = 'main'): Promise<string> {
    await clone.git('checkout', '--quiet', '-B', name, from);
    return clone.commit();
  }
  /** The commit that is checked out, made differently: what an amend and a forced push leave. */
  async function amend(): Promise<string> {
    await clone.git('commit', '--quiet', '--amend', '-m', 'amended');
    return clone.git('rev-parse', 'HEAD');
  }

  it('"rewrites": "archive" keeps the old tip under a tag, which is no drift, is not deleted, and is not replicated back', async () => {
    await clone.commit();
    const old = await branch('work');
    await clone.push(two.sourceUrl, '--all');
    await relay();
    const amended = await amend();
    await clone.push(two.sourceUrl, 'work');
    const archive = `refs/tags/ccrepl-archive/${old}/heads/work`;

    const result = await relay({ rewrites: 'archive' });
    const again = await relay({ rewrites: 'archive' });
    const mirror = await relay();
    const { source, destination } = two.remotes();
    const back = await two.relay({ source: destination, destination: source });

    expect(names(result)).toEqual(['refs/heads/work update done', `${archive} create done`]);
    expect(await git(two.destinationPath, 'rev-parse', archive, 'work')).toBe(`${old}\n${amended}`);
    expect([again.result, mirror.result, back.result]).toEqual(['in-sync', 'in-sync', 'in-sync']);
    expect([...back.ignored]).toEqual([['refs/tags/ccrepl-archive/*', 1]]);
    expect(await refNames(two.destinationPath)).toContain(archive);
    expect(await refNames(two.sourcePath)).not.toContain('ccrepl-archive');
    await fsck(two.destinationPath);
  });

  it('"rewrites": "archive" leaves a head alone whose old tip cannot be archived', async () => {
    await clone.commit();
    const old = await branch('work');
    await clone.push(two.sourceUrl, '--all');
    await relay();
    await amend();
    await clone.push(two.sourceUrl, 'work', 'main:new');
    const hook = join(two.destinationPath, 'hooks', 'update');
    await writeFile(hook, '#!/bin/sh\ncase $1 in refs/tags/*) exit 1;; esac\n');
    await chmod(hook, 0o755);

    const result = await relay({ rewrites: 'archive' });

    expect(names(result)).toEqual([
      'refs/heads/new create done',
      'refs/heads/work update refused',
      `refs/tags/ccrepl-archive/${old}/heads/work create rejected`,
    ]);
    expect(codes(result)['work']).toBe('archive-failed');
    expect(await git(two.destinationPath, 'rev-parse', 'work')).toBe(old);
  });

  it('"rewrites": "archive" keeps an annotated tag that was moved', async () => {
    await clone.commit();
    await clone.git('tag', '-a', '-m', 'one', 'v1');
    await clone.push(two.sourceUrl, 'main', 'v1');
    const old = await clone.git('rev-parse', 'v1');
    await relay();
    await clone.commit();
    await clone.git('tag', '-f', '-a', '-m', 'two', 'v1');
    await clone.push(two.sourceUrl, 'main', 'v1');

    const result = await relay({ rewrites: 'archive' });

    expect(result.result).toBe('replicated');
    expect(await git(two.destinationPath, 'cat-file', '-p', `refs/tags/ccrepl-archive/${old}/tags/v1`)).toContain(
      'one',
    );
    await fsck(two.destinationPath);
  });

  it('lets few deletions and rewrites pass, and many fast-forwards', async () => {
    await clone.commit();
    const all = Array.from({ length: 30 }, (_, n) => `b${n}`);
    for (const name of all) await branch(name);
    await clone.push(two.sourceUrl, '--all');
    await relay();
    for (const name of all.slice(3)) {
      await clone.git('checkout', '--quiet', name);
      await clone.commit();
    }
    for (const name of all.slice(0, 3)) {
      await clone.git('checkout', '--quiet', name);
      await amend();
    }
    await clone.push(two.sourceUrl, '--all');
    await clone.push(two.sourceUrl, ':b29');

    expect((await relay()).result).toBe('replicated');
    await two.expectEqual();
  });

  it('deletes nothing that a second view of the source still shows, and looks again', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:hidden', 'main:refs/tags/hidden');
    await relay();
    await clone.git('checkout', '--quiet', 'main');
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');
    const body = await advertisementWithout(two, 'hidden');
    const proxy = await FaultProxy.start(two.source.origin, [
      { service: 'info/refs', times: 1, act: { do: 'answer', body } },
    ]);
    const remotes = two.remotes();
    remotes.source.url.port = String(proxy.port);

    const result = await two.relay({ ...remotes, ...(profile === 'codecommit' && { apis: await two.apis() }) });
    await proxy.close();

    expect(result).toMatchObject({ result: 'replicated', rounds: 2 });
    expect(names(result)).toEqual(['refs/heads/main update done']);
    await two.expectEqual();
  });

  it('deletes nothing when the source does not show the branch that its HEAD names', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:other', 'main:extra');
    await relay();
    const body = await advertisementWithout(two, 'refs/heads/main', 'refs/heads/extra');
    const proxy = await FaultProxy.start(two.source.origin, [{ service: 'info/refs', act: { do: 'answer', body } }]);
    const remotes = two.remotes();
    remotes.source.url.port = String(proxy.port);

    const result = await two.relay({ ...remotes, ...(profile === 'codecommit' && { apis: await two.apis() }) });
    await proxy.close();

    expect(codes(result)).toEqual({ main: 'source-inconsistent', extra: 'source-inconsistent' });
    expect(await refNames(two.destinationPath)).toContain('refs/heads/extra');
  });

  it('keeps a renamed branch under its old name while the destination takes no new one', async () => {
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:old');
    await clone.git('checkout', '--quiet', 'main');
    await branch('work');
    await clone.push(two.sourceUrl, 'work:old');
    await relay();
    await clone.push(two.sourceUrl, 'work:new', ':old');
    const hook = join(two.destinationPath, 'hooks', 'update');
    await writeFile(hook, '#!/bin/sh\n[ "$1" != refs/heads/new ]\n');
    await chmod(hook, 0o755);

    const result = await relay();

    expect(names(result)).toEqual(['refs/heads/new create rejected', 'refs/heads/old delete refused']);
    expect(codes(result)['old']).toBe('rename-failed');
    expect(await refNames(two.destinationPath)).toContain('refs/heads/old');
  });

  it('refuses a source that is the destination in another spelling, before anything is sent', async () => {
    const { source } = two.remotes();
    const url = new URL(source.url.href.replace('127.0.0.1', '127.0.0.1').replace('Source', '%53ource'));
    const same = codeCommitRemote(
      SOURCE,
      async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
      { [SOURCE.region]: url.origin },
      { side: 'destination' },
    );

    const result = await two.relay({ source, destination: same });

    expect(result).toMatchObject({ result: 'failed', error: { code: 'input' }, heads: [] });
    expect(result.error?.message).toContain('is the destination too');
    expect(result.requests).toEqual({ source: 0, destination: 0 });
  });
});

let started: TwoRegions | undefined;
afterEach(async () => {
  await started?.stop();
  started = undefined;
});
const start = async (denies: string[] = []): Promise<TwoRegions> => {
  started = await TwoRegions.start('codecommit', denies);
  return started;
};

it('keeps a branch that ListBranches still shows although every reading of the refs lacks it', async () => {
  const two = await start();
  const clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main', 'main:hidden');
  await two.relay();
  const body = await advertisementWithout(two, 'hidden');
  const proxy = await FaultProxy.start(two.source.origin, [{ service: 'info/refs', act: { do: 'answer', body } }]);
  const remotes = two.remotes();
  remotes.source.url.port = String(proxy.port);

  const result = await two.relay({ ...remotes, apis: await two.apis() });
  await proxy.close();

  expect(result).toMatchObject({ error: { code: 'refused' }, rounds: 4 });
  expect(codes(result)).toEqual({ hidden: 'views-disagree' });
  expect(await refNames(two.destinationPath)).toContain('refs/heads/hidden');
});

it('takes an empty list of branches for no second view', async () => {
  const two = await start();
  const clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main', 'main:gone');
  await two.relay();
  await clone.push(two.sourceUrl, ':gone');
  const { source, destination } = await two.apis();

  const result = await two.relay({
    apis: { source: source && { ...source, branches: async () => new Set() }, destination },
  });

  expect(codes(result)).toEqual({ gone: 'unconfirmed' });
  expect(result.warnings).toEqual([expect.stringContaining('shows nothing of what the first reading shows')]);
});

it('does not believe that a default branch was set before it reads it', async () => {
  const two = await start();
  const clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main:master');
  await two.relay({ apis: await two.apis() });
  await clone.push(two.sourceUrl, 'main');
  await two.source.store.setDefaultBranch('Source', 'main');
  await clone.push(two.sourceUrl, ':master');
  const { source, destination } = await two.apis();

  const result = await two.relay({
    apis: { source, destination: destination && { ...destination, setDefaultBranch: async () => {} } },
  });

  expect(result).toMatchObject({
    result: 'incomplete',
    error: { code: 'partial' },
    defaultBranch: { status: 'refused' },
  });
  expect(names(result)).toContain('refs/heads/master delete refused');
});

describe('a second view that there is not', () => {
  it('deletes nothing, says what is missing, and does the rest', async () => {
    const denied = await start(['ListBranches']);
    const clone = await Clone.init();
    await clone.commit();
    await clone.push(denied.sourceUrl, 'main', 'main:gone');
    await denied.relay();
    await clone.push(denied.sourceUrl, ':gone', 'main:new');

    const result = await denied.relay({ apis: await denied.apis() });

    expect(names(result)).toEqual(['refs/heads/gone refuse refused', 'refs/heads/new create done']);
    expect(codes(result)['gone']).toBe('unconfirmed');
    expect(result.warnings).toEqual([expect.stringMatching(/^nothing was deleted, .*codecommit:ListBranches/)]);
  });
});

/** What the source advertises, well formed, but without some refs. */
async function advertisementWithout(two: TwoRegions, ...hidden: string[]): Promise<string> {
  const answer = await fetch(`${two.source.cloneUrl(SOURCE.repository)}/info/refs?service=git-upload-pack`, {
    headers: { Authorization: `Basic ${Buffer.from('test:test').toString('base64')}` },
  });
  const reader = new PktLineReader(chunksOf(Buffer.from(await answer.arrayBuffer())));
  const lines: (string | null)[] = [];
  for (let packet = await reader.next(); packet !== undefined; packet = await reader.next()) {
    const line = packet === 'flush' ? null : packet.toString('latin1');
    if (line === null || !hidden.some((name) => line.trimEnd().endsWith(name))) lines.push(line);
  }
  return packets(...lines).toString('latin1');
}
