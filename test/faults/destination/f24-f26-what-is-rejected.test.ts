import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../../../git/oid.ts';
import { refFromText } from '../../../git/ref.ts';
import { refusedPush } from '../../../local/codecommit/push-refusal.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { noise } from '../../support/oracle/objects.ts';
import { type Pair, requests, Scene } from '../../support/oracle/pair.ts';
import { askGit } from '../../support/oracle/refs.ts';
import { packets } from '../../support/stream.ts';

let pair: Pair;
Scene.forThisFile((one) => {
  pair = one;
});

const WORK = 'refs/heads/work';

async function hook(name: string, script: string): Promise<() => Promise<void>> {
  const file = join(pair.path('destination'), 'hooks', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return () => rm(file);
}

describe('one head of fifty that the destination does not take', () => {
  it('F24: is named alone with the server’s own words, the other 49 are in place, and it is not asked for again', async () => {
    const oid = await pair.commit('work');
    const names = Array.from({ length: 50 }, (_, n) => `refs/heads/b${n}`);
    await pair.pack('source', [['refs/heads/main', pair.main], ...names.map((name): [string, Oid] => [name, oid])]);
    const lift = await hook('update', '[ "$1" != refs/heads/b7 ] || { echo "b7 is not for you"; exit 1; }');

    const { violations, result, seen, chronicle } = await pair.observe();

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 1, error: { code: 'partial', retryable: false } });
    expect(result.heads.filter(({ status }) => status !== 'done')).toMatchObject([
      { ref: 'refs/heads/b7', status: 'rejected', reason: expect.stringContaining('hook declined'), new: oid },
    ]);
    expect(chronicle.after.size).toBe(50);
    expect(requests(seen.destination, 'git-receive-pack')).toBe(1);
    await lift();
    await pair.heal();
  });
});

describe('a pack for which the destination has no room', () => {
  /** Everything that a push may not touch once its pack was not taken: a head that moves, one that is new, and one that goes. */
  async function threeChanges(): Promise<Oid> {
    const old = 'refs/heads/old';
    for (const side of ['source', 'destination'] as const) await pair.set(side, { [old]: pair.main });
    const oid = await pair.commit('work', { files: { big: noise(50_000) } });
    await pair.set('source', { [WORK]: oid, 'refs/heads/main': oid, [old]: undefined });
    return oid;
  }

  it('F25: because it is larger than the server takes, even commit by commit, is a quota that is named, and nothing is written', async () => {
    await threeChanges();
    const config = join(pair.path('destination'), 'config');
    const before = await readFile(config);
    await appendFile(config, '[receive]\n\tmaxInputSize = 1000\n');

    const { violations, result, seen, chronicle } = await pair.observe();

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'failed', error: { code: 'quota', retryable: false } });
    expect(result.error?.message).toMatch(/^commit [0-9a-f]{40} alone brings 3 objects, more than/);
    expect(result.heads.map(({ ref, status }) => `${ref} ${status}`)).toEqual([
      'refs/heads/main not-written',
      'refs/heads/old not-written',
      'refs/heads/work not-written',
    ]);
    expect(result.warnings.join()).toContain('pack exceeds maximum allowed size');
    expect(requests(seen.destination, 'git-receive-pack')).toBe(2);
    expect(chronicle.after).toEqual(chronicle.before);
    await writeFile(config, before);
    await pair.heal();
  });

  // What git 2.39 says on a full file system, through index-pack and through unpack-objects.
  it.each([
    ['index-pack abnormal exit', 'fatal: write error: No space left on device\n'],
    ['unpack-objects abnormal exit', 'fatal: unable to write loose object file: No space left on device\n'],
  ])(
    'F25: because its disk is full (%s), is a quota, is not sent again, and nothing is written',
    async (unpack, progress) => {
      const oid = await threeChanges();
      const refs = ['refs/heads/main', 'refs/heads/old', WORK];
      const commands = refs.map((ref) => Buffer.from(`${pair.main} ${oid} ${ref}`));
      const report = refusedPush(commands, 'report-status side-band-64k', { unpack, progress });
      const full: Fault = {
        service: 'git-receive-pack',
        act: { do: 'answer', status: 200, body: report.toString('latin1') },
      };

      const { violations, result, happened, chronicle } = await pair.observe({ destination: [full] });

      expect(violations).toEqual([]);
      expect(happened.destination).toEqual([1]);
      expect(result).toMatchObject({ result: 'incomplete', rounds: 1, error: { code: 'quota', retryable: false } });
      expect(result.heads.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(result.heads.every(({ reason }) => reason?.includes('No space left on device'))).toBe(true);
      expect(chronicle.after).toEqual(chronicle.before);
      await pair.heal();
    },
  );
});

describe('objects that the destination was believed to have', () => {
  it('F26: and has not, are sent in one full pack', async () => {
    const topic = 'refs/heads/topic';
    const tip = await pair.commit('topic');
    await pair.set('source', { [topic]: tip });
    await pair.heal();
    await pair.set('source', { [WORK]: await pair.commit('on top of topic', { parents: [tip] }) });

    const answers: string[] = [];
    const overheard: Fault['act'] = {
      do: 'rewrite',
      packets: (all) => {
        answers.push(all.join(''));
        return all;
      },
    };

    const { violations, result, happened, seen } = await pair.observe({
      destination: [
        { service: 'git-receive-pack', times: 1, act: { do: 'hook', name: 'topic is deleted and pruned' } },
        { service: 'git-receive-pack', times: 1, phase: 'answer', act: overheard },
      ],
      hooks: ({ wrote }) => ({
        'topic is deleted and pruned': async () => {
          await pair.set('destination', { [topic]: undefined });
          wrote(refFromText(topic), undefined);
          await askGit(pair.path('destination'), 'repack', '-adq');
          await askGit(pair.path('destination'), 'prune', '--expire=now');
        },
      }),
    });

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([1, 1]);
    expect(answers.join()).toMatch(/unpack ok\n.*ng refs\/heads\/work missing necessary objects/s);
    expect(result).toMatchObject({ result: 'replicated', rounds: 2 });
    const asked = seen.source.filter(({ service }) => service === 'git-upload-pack').map(({ body }) => body.toString());
    expect(asked.map((body) => body.includes('have '))).toEqual([true, false]);
    await pair.heal('in-sync');
  });

  it('F26: and loses again as often as it is sent them, are named too, after two pushes and no more', async () => {
    await pair.set('source', { [WORK]: await pair.commit('work'), 'refs/heads/main': await pair.commit('next') });
    // A destination that never keeps what it is sent.
    const lift = await hook('pre-receive', 'rm -rf "$GIT_QUARANTINE_PATH"/pack/* "$GIT_QUARANTINE_PATH"/??');

    const { violations, result, seen, chronicle } = await pair.observe();

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 2, error: { code: 'partial', retryable: false } });
    expect(result.heads.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    for (const { reason } of result.heads) expect(reason).toMatch(/^the destination said: /);
    expect(requests(seen.destination, 'git-receive-pack')).toBe(2);
    expect(chronicle.after).toEqual(chronicle.before);
    await lift();
    await pair.heal();
  });

  it('F26: and does not find even then, are named in the server’s own words, after two pushes and no more', async () => {
    await pair.set('source', { [WORK]: await pair.commit('work') });
    const report = packets('unpack ok\n', `ng ${WORK} missing necessary objects\n`, null).toString('latin1');
    const body = packets(`\u0001${report}`, null).toString('latin1');

    const { violations, result, happened, chronicle } = await pair.observe({
      destination: [{ service: 'git-receive-pack', act: { do: 'answer', status: 200, body } }],
    });

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([2]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 2, error: { code: 'partial', retryable: false } });
    expect(result.heads).toMatchObject([
      { ref: WORK, status: 'rejected', reason: 'the destination said: missing necessary objects' },
    ]);
    expect(chronicle.after).toEqual(chronicle.before);
    await pair.heal();
  });
});
