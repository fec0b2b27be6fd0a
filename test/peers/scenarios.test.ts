import { execFileSync } from 'node:child_process';
import type { RelayResult } from '../../container/relay/result.ts';
import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';
import { ALL, canRun, Peer, type PeerName, type Repository, relayBetween, urlFor, whyWithoutJGit } from './peer.ts';

const MIXED: [PeerName, PeerName][] = [
  ['git', 'JGit'],
  ['JGit', 'git'],
  ['codecommit', 'JGit'],
  ['JGit', 'codecommit'],
];
const ALIKE: [PeerName, PeerName][] = [
  ['git', 'git'],
  ['codecommit', 'codecommit'],
  ['JGit', 'JGit'],
];
const PAIRS = ALL ? [...MIXED, ...ALIKE] : MIXED;

const peers = new Map<PeerName, Peer>();
beforeAll(async () => {
  for (const name of new Set(PAIRS.flat())) if (canRun(name)) peers.set(name, await Peer.start(name));
});
afterAll(async () => {
  for (const peer of peers.values()) await peer.close();
  await removeFolders();
});

/** Refs of any names at once, as no command line takes them. */
function updateRefs(path: string, lines: string[]): void {
  execFileSync('git', ['-C', path, 'update-ref', '--stdin'], { input: `${lines.join('\n')}\n` });
}

describe.each(PAIRS)('from %s to %s', (from, to) => {
  const runs = canRun(from, to);
  const test = runs ? it : it.skip;
  const skipped = runs ? '' : ` (skipped: ${whyWithoutJGit})`;
  let clone: Clone;
  let source: Repository;
  let destination: Repository;
  let url: string;
  if (runs)
    beforeAll(async () => {
      const name = `${from}-to-${to}`;
      source = await peer(from).create(`${name}-source`);
      destination = await peer(to).create(`${name}-destination`);
      await git(source.path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
      url = urlFor(peer(from), source);
      clone = await Clone.init();
    });
  const peer = (name: PeerName) => peers.get(name) as Peer;
  const replicate = (proxy?: FaultProxy): Promise<RelayResult> =>
    relayBetween(
      { origin: proxy?.origin ?? peer(from).origin, repository: source },
      { origin: peer(to).origin, repository: destination },
    );
  const expectEqual = async () => {
    expect(await refsOf(destination.path)).toBe(await refsOf(source.path));
    await fsck(destination.path);
  };

  // Each goes on where the one before it ended; a run that left something undone would show in the next.
  const CHANGES: [claim: string, change: () => Promise<unknown>][] = [
    [
      'carries a first replication with tags of every kind and names of UTF-8',
      async () => {
        await clone.history(60);
        await clone.git('checkout', '--quiet', 'main');
        const commit = await clone.commit();
        await clone.git('tag', 'light');
        await clone.git('tag', '-a', '-m', 'annotated', 'annotated');
        await clone.git('tag', '-a', '-m', 'tag of a tag', 'nested', 'annotated');
        await clone.git('tag', 'tree', `${commit}^{tree}`);
        await clone.git('tag', '-a', '-m', 'a tagged blob', 'blob', `${commit}:file.txt`);
        await clone.git('branch', 'größe/日本');
        for (const branch of ['a', 'gone', 'forced']) await clone.git('branch', branch, 'main~3');
        await clone.git('branch', 'release', 'main~6');
        // By itself, so that it is CodeCommit's default branch.
        await clone.push(url, 'main');
        await clone.push(url, '--all');
        await clone.push(url, '--tags');
      },
    ],
    [
      'carries one commit',
      async () => {
        await clone.commit();
        await clone.push(url, 'main');
      },
    ],
    ['creates a branch that needs no objects', () => clone.push(url, 'main~5:refs/heads/old-commit')],
    ['deletes a branch and a tag', () => clone.push(url, ':gone', ':refs/tags/nested')],
    [
      'follows a branch and a tag that were rewritten',
      async () => {
        await clone.git('checkout', '--quiet', '--detach', 'main~10');
        await clone.commit('another past');
        await clone.git('tag', '-f', '-a', '-m', 'moved', 'annotated');
        await clone.push(url, '+HEAD:forced', '+refs/tags/annotated');
      },
    ],
    [
      'moves two branches of which one was in the history of the other',
      async () => {
        await clone.git('checkout', '--quiet', 'main');
        for (const content of ['sooner', 'later', 'last']) await clone.commit(content);
        await clone.push(url, 'main', 'main~1:release');
      },
    ],
    [
      'puts a branch a/b where a was',
      async () => {
        await clone.push(url, ':a');
        await clone.push(url, 'main~1:refs/heads/a/b');
      },
    ],
    [
      'carries several hundred refs',
      async () => {
        const tip = await git(source.path, 'rev-parse', 'main');
        updateRefs(
          source.path,
          Array.from({ length: 400 }, (_, n) => `create refs/${n % 2 ? 'heads' : 'tags'}/many/${n} ${tip}`),
        );
      },
    ],
    [
      'carries creations, updates, rewrites and deletions together',
      async () => {
        await clone.git('checkout', '--quiet', 'main');
        await clone.commit('together', 'more.txt');
        await clone.git('tag', '-f', '-a', '-m', 'again', 'nested', 'annotated');
        await clone.push(
          url,
          'main',
          'main~2:refs/heads/forced',
          'main:refs/heads/new',
          ':old-commit',
          ':refs/tags/light',
          'nested',
        );
      },
    ],
  ];

  test.each(CHANGES)(`%s${skipped}`, async (_claim, change) => {
    await change();

    expect(await replicate()).toMatchObject({ result: 'replicated', warnings: [] });
    await expectEqual();
  });

  test(`finds nothing to do when there is nothing to do${skipped}`, async () => {
    expect(await replicate()).toMatchObject({ result: 'in-sync', heads: [], packBytes: 0 });
  });

  test(`carries the newer state of a branch that is rewritten while it is read${skipped}`, async () => {
    await clone.git('checkout', '--quiet', '--detach', 'main');
    await clone.commit('first thought');
    await clone.push(url, 'HEAD:refs/heads/moving');
    await clone.git('checkout', '--quiet', '--detach', 'main');
    await clone.commit('second thought');
    const proxy = await FaultProxy.start(
      peer(from).origin,
      [{ service: 'git-upload-pack', times: 1, act: { do: 'hook', name: 'rewrite' } }],
      { rewrite: () => clone.push(url, '+HEAD:refs/heads/moving') },
    );
    try {
      expect(await replicate(proxy)).toMatchObject({ result: 'replicated', rounds: 2 });
      expect(proxy.defects).toEqual([]);
    } finally {
      await proxy.close();
    }
    await expectEqual();
  });
});
