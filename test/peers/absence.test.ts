import type { RelayResult } from '../../container/relay/result.ts';
import type { Fault } from '../support/fault-proxy/fault.ts';
import { fsck, git, removeFolders } from '../support/repository.ts';
import { type Change, mixedChange, refsIn } from './change.ts';
import { inParallel } from './in-parallel.ts';
import { ALL, canRun, Peer, type PeerName, type Repository, relayBetween, whyWithoutJGit } from './peer.ts';
import { Reduced } from './reduced.ts';

afterAll(removeFolders);

// Behind the look-alike is git, with less on offer.
const NAMES: PeerName[] = ALL ? ['git', 'codecommit', 'JGit'] : ['git', 'JGit'];

describe.each(NAMES)('%s on both sides', (name) => {
  const runs = canRun(name);
  const test = runs ? it : it.skip;
  const skipped = runs ? '' : ` (skipped: ${whyWithoutJGit})`;
  let peer: Peer;
  let change: Change;
  let destination: Repository;
  let number = 0;
  const open: Reduced[] = [];
  if (runs) {
    beforeAll(async () => {
      peer = await Peer.start(name);
      change = await mixedChange(peer, peer);
    });
    beforeEach(async () => {
      destination = await peer.create(`destination-${number++}`, change.before);
    });
    afterEach(async () => {
      for (const reduced of open.splice(0)) {
        expect(await reduced.unoffered()).toEqual([]);
        expect(reduced.proxy.defects).toEqual([]);
        await reduced.close();
      }
      await fsck(destination.path);
    });
    afterAll(() => peer.close());
  }

  async function relayWithout(
    without: { source?: string[]; destination?: string[] },
    faults: Fault[] = [],
    repository = destination,
  ): Promise<{ result: RelayResult; from: Reduced; to: Reduced }> {
    const from = await Reduced.start(peer.origin, 'git-upload-pack', without.source ?? []);
    const to = await Reduced.start(peer.origin, 'git-receive-pack', without.destination ?? [], faults);
    open.push(from, to);
    const result = await relayBetween(
      { origin: from.origin, repository: change.source },
      { origin: to.origin, repository },
    );
    return { result, from, to };
  }
  const undone = ({ heads }: RelayResult) =>
    heads.filter(({ status }) => status !== 'done').map(({ ref, status, reason }) => `${ref} ${status}: ${reason}`);

  test(`makes use of just what it needs where all is offered, and never of atomic${skipped}`, async () => {
    const { result, from, to } = await relayWithout({});

    expect(result.result).toBe('replicated');
    const offsets = name === 'codecommit' ? [] : ['ofs-delta'];
    const format = name === 'git' ? ['object-format'] : [];
    expect([...(await from.used())].sort()).toEqual(
      ['multi_ack_detailed', 'side-band-64k', 'thin-pack', ...offsets, ...format].sort(),
    );
    expect([...(await to.used())].sort()).toEqual(
      ['delete-refs', 'report-status', 'side-band-64k', ...offsets, ...format].sort(),
    );
  });

  test(`has the server's reason for a head that it rejects only if it reports, and else knows it from reading${skipped}`, async () => {
    await git(destination.path, 'config', 'receive.denyNonFastForwards', 'true');
    const before = (await refsIn(destination)).get('refs/heads/forced');
    const silent = await relayWithout({ destination: ['report-status'] });
    const left = await refsIn(destination);
    const telling = await relayWithout({});

    expect(undone(silent.result)).toEqual(['refs/heads/forced not-written: the destination did not say why']);
    expect(silent.result).toMatchObject({ result: 'incomplete', error: { code: 'transient' } });
    expect(left).toEqual((await refsIn(change.source)).set('refs/heads/forced', before as string));
    expect(undone(telling.result)).toEqual([
      expect.stringMatching(/^refs\/heads\/forced rejected: the destination said: .*non-fast-?\s?forward/),
    ]);
    expect(telling.result).toMatchObject({ result: 'incomplete', error: { code: 'partial' } });
  });

  test(`takes nothing for done that neither a report nor a reading has shown${skipped}`, async () => {
    const unread: Fault = {
      service: 'info/refs',
      of: 'git-receive-pack',
      nth: 2,
      act: { do: 'answer', status: 503 },
    };
    const { result } = await relayWithout({ destination: ['report-status'] }, [unread]);
    const { result: next } = await relayWithout({ destination: ['report-status'] });

    expect(result).toMatchObject({ result: 'failed', error: { code: 'transient' } });
    expect(result.heads.filter(({ status }) => status === 'done')).toEqual([]);
    expect(next.error).toBeUndefined();
    expect(await refsIn(destination)).toEqual(await refsIn(change.source));
  });

  test(`sends no offset deltas to a destination that does not offer them, whatever the source could${skipped}`, async () => {
    const { result, from } = await relayWithout({ destination: ['ofs-delta'] });

    expect(result.result).toBe('replicated');
    expect(await from.used()).not.toContain('ofs-delta');
  });

  test(`carries the bases of all deltas from a source that makes no thin packs${skipped}`, async () => {
    const thin = await relayWithout({});
    destination = await peer.create(`destination-${number++}`, change.before);
    const whole = await relayWithout({ source: ['thin-pack'] });

    expect(whole.result).toMatchObject({ result: 'replicated', objects: thin.result.objects });
    expect(whole.result.packBytes).toBeGreaterThan(thin.result.packBytes + 1000);
  });

  test(`carries everything from a source without any of what it can do without${skipped}`, async () => {
    const sets = [
      ['ofs-delta'],
      ['side-band-64k'],
      ['side-band-64k', 'side-band'],
      ['no-done'],
      ['shallow'],
      ['include-tag'],
      ['allow-tip-sha1-in-want', 'allow-reachable-sha1-in-want'],
      ['symref', 'object-format', 'agent', 'no-progress', 'filter', 'multi_ack'],
    ];
    const wanted = await refsIn(change.source);

    await inParallel(sets, async (words) => {
      const copy = await peer.create(`without-${words.join('-')}`, change.before);
      const { result } = await relayWithout({ source: words }, [], copy);
      expect({ words, result: result.result, rounds: result.rounds, refs: await refsIn(copy) }).toEqual({
        words,
        result: 'replicated',
        rounds: 1,
        refs: wanted,
      });
      await fsck(copy.path);
    });
  });

  test(`leaves helper refs of a seeding at a destination that takes no deletions, and says so${skipped}`, async () => {
    const helper = 'refs/tags/ccrepl-seeding/line-0';
    await relayWithout({});
    await git(destination.path, 'update-ref', helper, 'refs/heads/main');
    const kept = await relayWithout({ destination: ['delete-refs'] });
    const left = await refsIn(destination);
    const tidy = await relayWithout({});

    expect(kept.result.warnings).toEqual([expect.stringMatching(/^helper refs stay \(1, .*line-0\): .*delete-refs/)]);
    expect(kept.to.proxy.seen.filter(({ service }) => service === 'git-receive-pack')).toEqual([]);
    expect(left.has(helper)).toBe(true);
    expect(tidy.result.warnings).toEqual([]);
    expect(await refsIn(destination)).toEqual(await refsIn(change.source));
  });

  test(`overwrites and deletes nothing that a source without multi_ack_detailed cannot tell to be its own${skipped}`, async () => {
    const before = await refsIn(destination);
    const { result } = await relayWithout({ source: ['multi_ack_detailed'] });

    const inQuestion = ['a', 'forced', 'goes-on', 'gone'].map((branch) => `refs/heads/${branch}`);
    const codes = result.heads.filter(({ status }) => status === 'refused').map(({ ref, code }) => `${ref} ${code}`);
    expect(result).toMatchObject({ result: 'incomplete', error: { code: 'refused' } });
    expect(codes).toEqual(
      [...inQuestion, 'refs/tags/gone-tag']
        .map((ref) => `${ref} origin-unknown`)
        .toSpliced(1, 0, 'refs/heads/a/b name-taken'),
    );
    const expected = await refsIn(change.source);
    expected.delete('refs/heads/a/b');
    for (const ref of [...inQuestion, 'refs/tags/gone-tag']) expected.set(ref, before.get(ref) as string);
    expect(await refsIn(destination)).toEqual(expected);
  });
});
