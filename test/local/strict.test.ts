import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeCommitClient, UpdateDefaultBranchCommand } from '@aws-sdk/client-codecommit';
import { REF_COMMANDS_MAX } from '../../local/codecommit/profile.ts';
import { Region } from '../../local/codecommit/region.ts';
import { packOf } from '../support/packs.ts';
import { gitProcesses, rawPush, reportOf, until, ZEROS } from '../support/raw-push.ts';
import { aFolder, Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';

const NAME = 'ap-northeast-1';
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const developer = {
  arn: 'arn:aws:iam::111122223333:user/dev',
  credentials,
  gitCredentials: { username: 'dev', password: 'pw' },
  may: () => true,
};

let region: Region;
let clone: Clone;
let events: object[];
async function start(profile: 'codecommit' | 'git' = 'codecommit'): Promise<void> {
  events = [];
  region = new Region({
    name: NAME,
    account: '111122223333',
    directory: await aFolder(),
    principals: [developer],
    profile,
    invoke: (_, event) => events.push(event),
  });
  await region.start();
  await region.store.create('R');
  region.record('R').triggers = [
    { name: 't', destinationArn: `arn:aws:lambda:${NAME}:1:function:f`, branches: [], events: ['all'] },
  ];
}
beforeEach(async () => {
  await start();
  clone = await Clone.init();
  await clone.history(60, 'main', { bytes: 2000 });
});
afterEach(() => region.stop());
afterAll(removeFolders);

const url = () => region.cloneUrl('R').replace('://', '://dev:pw@');
const path = () => region.store.path('R');
const tip = () => clone.git('rev-parse', 'main');

async function expectUntouched(before = ''): Promise<void> {
  expect(await refsOf(path())).toBe(before);
  expect(await git(path(), 'count-objects', '-v')).toMatch(/count: 0\n[\s\S]*in-pack: 0\n[\s\S]*garbage: 0/);
  expect(events).toEqual([]);
  await until(async () => (await gitProcesses(region)) === 0);
}

describe('a push with offset deltas', () => {
  const withOffsets = async () => packOf(clone.directory, ['main'], '--delta-base-offset');

  it('is refused in CodeCommit’s words, every ref of it, and nothing is written', async () => {
    const oid = await tip();
    const commands = ['main', 'zürich', 'b'].map(
      (name) => `${ZEROS} ${oid} refs/heads/${Buffer.from(name).toString('latin1')}`,
    );

    const answer = await rawPush(region, { commands, pack: await withOffsets() });

    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-git-receive-pack-result' },
    });
    expect(await reportOf(answer)).toEqual({
      progress: '',
      report: [
        'unpack protocol error (offset deltas are not supported)',
        ...commands.map((command) => `ng ${command.slice(82)} unpacker error`),
      ],
    });
    await expectUntouched();
  });

  it('is refused without side bands when none were asked for, and without a word when no report was', async () => {
    const push = { commands: [`${ZEROS} ${await tip()} refs/heads/main`], pack: await withOffsets() };

    const plain = await rawPush(region, { ...push, capabilities: 'report-status' });
    const silent = await rawPush(region, { ...push, capabilities: '' });

    expect((await reportOf(plain, false)).report).toEqual([
      'unpack protocol error (offset deltas are not supported)',
      'ng refs/heads/main unpacker error',
    ]);
    expect([silent.status, silent.body.length]).toEqual([200, 0]);
    await expectUntouched();
  });

  it('is refused when it says no length and goes on for long after them', async () => {
    const pack = Buffer.concat([await withOffsets(), randomBytes(8_000_000)]);

    const answer = await rawPush(region, {
      commands: [`${ZEROS} ${await tip()} refs/heads/main`],
      pack,
      chunked: true,
    });

    expect((await reportOf(answer)).report[0]).toContain('offset deltas are not supported');
    await expectUntouched();
  });

  it('is refused with a report that needs more than one side-band packet', async () => {
    const oid = await tip();
    const commands = Array.from({ length: 2000 }, (_, n) => `${ZEROS} ${oid} refs/heads/branch-number-${n}`);

    const { report } = await reportOf(await rawPush(region, { commands, pack: await withOffsets() }));

    expect(report).toHaveLength(2001);
    expect(report.at(-1)).toBe('ng refs/heads/branch-number-1999 unpacker error');
  });

  it('is taken under the profile git', async () => {
    await region.stop();
    await start('git');
    const push = { commands: [`${ZEROS} ${await tip()} refs/heads/main`], pack: await withOffsets() };

    const { report } = await reportOf(await rawPush(region, push));

    expect(report).toEqual(['unpack ok', 'ok refs/heads/main']);
    await fsck(path());
  });
});

describe('a push without offset deltas', () => {
  it('is taken, also as a thin pack whose deltas name bases that only the server has', async () => {
    const [old, oid] = [await clone.git('rev-parse', 'main~10'), await tip()];
    const whole = await packOf(clone.directory, [old]);
    const thin = await packOf(clone.directory, ['main', `^${old}`], '--thin');

    const first = await rawPush(region, { commands: [`${ZEROS} ${old} refs/heads/main`], pack: whole });
    const second = await rawPush(region, { commands: [`${old} ${oid} refs/heads/main`], pack: thin, chunked: true });

    expect((await reportOf(first)).report).toEqual(['unpack ok', 'ok refs/heads/main']);
    expect((await reportOf(second)).report).toEqual(['unpack ok', 'ok refs/heads/main']);
    expect(await git(path(), 'rev-parse', 'main')).toBe(oid);
    await fsck(path());
  });

  it.each<[string, (pack: Buffer) => Buffer]>([
    ['whose bytes are damaged', (pack) => Buffer.concat([pack.subarray(0, 500), randomBytes(600)])],
    ['whose checksum is wrong', (pack) => Buffer.concat([pack.subarray(0, -20), randomBytes(20)])],
    ['that is cut', (pack) => pack.subarray(0, -500)],
    ['that is no pack, and long', () => randomBytes(8_000_000)],
  ])('%s is refused by git itself', async (_, damage) => {
    const pack = damage(await packOf(clone.directory, ['main']));

    const answer = await rawPush(region, {
      commands: [`${ZEROS} ${await tip()} refs/heads/main`],
      pack,
      chunked: true,
    });

    const { report } = await reportOf(answer);
    expect(report[0]).toMatch(/^unpack (index-pack|unpack-objects) abnormal exit$|^unpack .*pack/);
    expect(report[1]).toBe('ng refs/heads/main unpacker error');
    await expectUntouched();
  });
});

describe('the commands of one push', () => {
  it.each<['codecommit' | 'git', number]>([
    ['codecommit', REF_COMMANDS_MAX],
    ['git', REF_COMMANDS_MAX + 1],
  ])('are taken under the profile %s when they are %i', async (profile, count) => {
    await region.stop();
    await start(profile);
    const oid = await tip();
    const commands = Array.from({ length: count }, (_, n) => `${ZEROS} ${oid} refs/heads/n${n}`);

    const { report } = await reportOf(
      await rawPush(region, { commands, pack: await packOf(clone.directory, ['main']) }),
    );

    expect(report).toEqual(['unpack ok', ...commands.map((command) => `ok ${command.slice(82)}`)]);
    expect((await refsOf(path())).split('\n')).toHaveLength(count);
  });

  it('are refused when they are more, from stock git, and nothing is written', async () => {
    const oid = await tip();
    const names = Array.from({ length: REF_COMMANDS_MAX + 1 }, (_, n) => `refs/heads/b/${String(n).padStart(4, '0')}`);
    // A line each as git itself packs refs: four thousand calls of git would take minutes.
    await writeFile(join(clone.directory, '.git', 'packed-refs'), names.map((name) => `${oid} ${name}\n`).join(''));

    await expect(clone.push(url(), 'refs/heads/b/*:refs/heads/b/*')).rejects.toThrow(
      'remote unpack failed: Too many reference update commands',
    );
    await expectUntouched();
  });

  it('are refused when they are more, each by name, also creations, updates and deletions together', async () => {
    await clone.push(url(), 'main', 'main:refs/heads/old', 'main~1:refs/heads/behind');
    const [oid, before] = [await tip(), await refsOf(path())];
    const commands = [
      `${oid} ${ZEROS} refs/heads/old`,
      `${await clone.git('rev-parse', 'main~1')} ${oid} refs/heads/behind`,
      ...Array.from({ length: REF_COMMANDS_MAX - 1 }, (_, n) => `${ZEROS} ${oid} refs/heads/n${n}`),
    ];

    const { report } = await reportOf(
      await rawPush(region, { commands, pack: await packOf(clone.directory, ['main']) }),
    );

    expect(report[0]).toBe('unpack Too many reference update commands');
    expect(report.slice(1)).toEqual(commands.map((command) => `ng ${command.slice(82)} unpacker error`));
    expect(await refsOf(path())).toBe(before);
  });
});

describe('the default branch', () => {
  it('is not deleted, while the other commands of the same push go through', async () => {
    await clone.push(url(), 'main', 'main:refs/heads/other', 'main:refs/heads/moved');
    const oid = await tip();
    const back = await clone.git('rev-parse', 'main~3');

    const { report } = await reportOf(
      await rawPush(region, {
        commands: [
          `${oid} ${ZEROS} refs/heads/other`,
          `${oid} ${ZEROS} refs/heads/main`,
          `${oid} ${back} refs/heads/moved`,
          `${ZEROS} ${oid} refs/heads/new`,
        ],
        pack: await packOf(clone.directory, ['^main']),
      }),
    );

    expect(report).toEqual([
      'unpack ok',
      'ok refs/heads/other',
      'ng refs/heads/main deletion of the current branch prohibited',
      'ok refs/heads/moved',
      'ok refs/heads/new',
    ]);
    expect(await git(path(), 'for-each-ref', '--format=%(objectname) %(refname)')).toBe(
      [`${oid} refs/heads/main`, `${back} refs/heads/moved`, `${oid} refs/heads/new`].join('\n'),
    );
  });

  it('is deleted like any other once another branch is the default', async () => {
    await clone.push(url(), 'main', 'main:refs/heads/other');
    const client = new CodeCommitClient({ region: NAME, endpoint: region.origin, credentials, maxAttempts: 1 });
    await expect(clone.push(url(), ':refs/heads/main')).rejects.toThrow('deletion of the current branch prohibited');

    await client.send(new UpdateDefaultBranchCommand({ repositoryName: 'R', defaultBranchName: 'other' }));
    client.destroy();
    await clone.push(url(), ':refs/heads/main');

    expect(await git(path(), 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/other');
  });
});
