import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { loosePath, noise, writeObject } from '../../support/oracle/objects.ts';
import { type Pair, requests, Scene } from '../../support/oracle/pair.ts';
import { packets } from '../../support/stream.ts';

let pair: Pair;
Scene.forThisFile((one) => {
  pair = one;
});

describe('a source that shows nothing', () => {
  const list = (...lines: (string | null)[]): Fault => ({
    service: 'info/refs',
    phase: 'start',
    act: {
      do: 'answer',
      status: 200,
      headers: { 'content-type': 'application/x-git-upload-pack-advertisement' },
      body: packets('# service=git-upload-pack\n', null, ...lines, null).toString('latin1'),
    },
  });
  const ZEROS = '0'.repeat(40);
  const PULL = `${'1'.repeat(40)} refs/pull/1/head`;

  it.each<[string, Fault[]]>([
    ['as an emptied repository of git 2.39 does', [list()]],
    ['as newer servers say it', [list(`${ZEROS} capabilities^{}\0multi_ack_detailed side-band-64k\n`)]],
    ['but what hosts keep for themselves', [list(`${PULL}\0multi_ack_detailed side-band-64k\n`)]],
    ['because every branch and tag really was deleted', []],
  ])('F15: a source that shows no refs, %s, deletes nothing', async (_how, faults) => {
    const all = ['main', 'other'].map((name) => [`refs/heads/${name}`, pair.main] as const);
    for (const side of ['source', 'destination'] as const)
      await pair.pack(side, [...all, ['refs/tags/v1', pair.main] as const]);
    const gone = { 'refs/heads/main': undefined, 'refs/heads/other': undefined, 'refs/tags/v1': undefined };
    if (faults.length === 0) await pair.set('source', gone);

    const { violations, result, happened, seen, chronicle } = await pair.observe({ source: faults });

    expect(violations).toEqual([]);
    expect(happened.source).toEqual(faults.map(() => 1));
    expect(result).toMatchObject({ result: 'incomplete', error: { code: 'refused' }, packBytes: 0 });
    expect(result.heads.map(({ ref, status, code }) => `${ref} ${status} ${code}`)).toEqual([
      'refs/heads/main refused source-empty',
      'refs/heads/other refused source-empty',
      'refs/tags/v1 refused source-empty',
    ]);
    expect(requests(seen.destination, 'git-receive-pack')).toBe(0);
    expect(chronicle.after).toEqual(chronicle.before);
    if (faults.length === 0)
      await pair.set('source', {
        'refs/heads/main': pair.main,
        'refs/heads/other': pair.main,
        'refs/tags/v1': pair.main,
      });
    await pair.heal('in-sync');
  });
});

describe('a wanted tip that is forced away between the list and the request for its pack', () => {
  const WORK = 'refs/heads/work';
  /** Before each request for a pack, so many times. */
  const forced = (times: number): Fault => ({
    service: 'git-upload-pack',
    times,
    act: { do: 'hook', name: 'forced away' },
  });
  async function forcedAway(times: number, script: { rounds?: number } = {}) {
    await pair.set('source', { [WORK]: await pair.commit('at first') });
    let count = 0;
    const seen = await pair.observe({
      source: [forced(times)],
      hooks: ({ moved }) => ({
        'forced away': async () => {
          count += 1;
          await pair.set('source', { [WORK]: await pair.commit(`forced ${count}`) });
          await moved();
        },
      }),
      ...script,
    });
    expect(seen.violations).toEqual([]);
    expect(seen.happened.source).toEqual([times]);
    return seen;
  }

  it.each([1, 2, 3])(
    'F16: %d times in one run, it is planned again each time, and what the source shows then arrives',
    async (times) => {
      const { result, chronicle, sourceAfter } = await forcedAway(times);

      expect(result).toMatchObject({ result: 'replicated', rounds: times + 1 });
      expect(chronicle.after).toEqual(sourceAfter);
      await pair.heal('in-sync');
    },
  );

  it('F16: again and again, the run gives up after three more plans, writes nothing, and may be tried again', async () => {
    const { result, chronicle } = await forcedAway(4);

    expect(result).toMatchObject({ result: 'failed', rounds: 4, error: { code: 'transient', retryable: true } });
    expect(result.error?.message).toMatch(/^source http.*not our ref/);
    expect(result.heads).toMatchObject([{ ref: WORK, status: 'not-written' }]);
    expect(chronicle.after).toEqual(chronicle.before);
    await pair.heal();
  });

  it('F16: from a server that still gives it, as protocol v2 would, it arrives as it was read, and the next run follows', async () => {
    await appendFile(join(pair.path('source'), 'config'), '[uploadpack]\n\tallowAnySHA1InWant = true\n');

    const { result, chronicle } = await forcedAway(1);

    expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
    expect(chronicle.after).toEqual(chronicle.source[0]);
    await pair.heal();
  });
});

describe('a damaged blob at the source', () => {
  it.each([
    ['before any of the pack is sent', 10, false],
    ['while the destination reads the pack', 400_000, true],
  ])(
    'F17: a blob that is damaged at the source, noticed %s, ends the run with the source named and nothing written',
    async (_when, bytes, begun) => {
      const files = { 'a-first': noise(bytes), 'z-last': 'to be damaged\n' };
      await pair.set('source', { 'refs/heads/work': await pair.commit('with a damaged blob', { files }) });
      const blob = loosePath(pair.path('source'), await writeObject(pair.path('source'), 'blob', files['z-last']));
      const good = await readFile(blob);
      await writeFile(blob, Buffer.alloc(good.length, 0x55));

      const { violations, result, seen, chronicle } = await pair.observe();

      expect(violations).toEqual([]);
      expect(result).toMatchObject({ result: 'failed', error: { code: 'source-corrupt', retryable: false } });
      expect(result.error?.message).toMatch(/^source http.*aborting due to possible repository corruption/);
      expect(result.heads).toMatchObject([{ ref: 'refs/heads/work', status: 'not-written' }]);
      expect(requests(seen.source, 'git-upload-pack')).toBe(2);
      expect(result.packBytes > 300_000).toBe(begun);
      expect(seen.destination.every(({ service, whole }) => service === 'info/refs' || !whole)).toBe(true);
      expect(chronicle.after).toEqual(chronicle.before);
      await writeFile(blob, good);
      await pair.heal();
    },
  );
});
