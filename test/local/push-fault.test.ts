import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PUSH_FAULTS, type PushFault, parsePushFault } from '../../local/codecommit/push-fault.ts';
import { Region } from '../../local/codecommit/region.ts';
import { packOf } from '../support/packs.ts';
import { gitProcesses, type RawPush, rawPush, reportOf, until, ZEROS } from '../support/raw-push.ts';
import { aFolder, Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';

const developer = {
  arn: 'arn:aws:iam::111122223333:user/dev',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  gitCredentials: { username: 'dev', password: 'pw' },
  may: () => true,
};

let clone: Clone;
let pack: Buffer;
let oid: string;
let region: Region;
let events: object[];
beforeAll(async () => {
  clone = await Clone.init();
  oid = await clone.commit(randomBytes(3_000_000).toString('latin1'));
  pack = await packOf(clone.directory, ['main']);
});
beforeEach(async () => {
  events = [];
  region = new Region({
    name: 'ap-northeast-1',
    account: '111122223333',
    directory: await aFolder(),
    principals: [developer],
    invoke: (_, event) => events.push(event),
  });
  await region.start();
  await region.store.create('R');
  region.record('R').triggers = [
    { name: 't', destinationArn: 'arn:aws:lambda:ap-northeast-1:1:function:f', branches: [], events: ['all'] },
  ];
});
afterEach(() => region.stop());
afterAll(removeFolders);

const url = () => region.cloneUrl('R').replace('://', '://dev:pw@');
const path = () => region.store.path('R');
const push = (options: Partial<RawPush> = {}) =>
  rawPush(region, { commands: [`${ZEROS} ${oid} refs/heads/main`], pack, ...options });

/** No ref, no object, no file that was to become a pack, no git that still runs, no event. */
async function expectUntouched(): Promise<void> {
  await until(async () => (await gitProcesses(region)) === 0);
  expect(await refsOf(path())).toBe('');
  expect(await git(path(), 'count-objects', '-v')).toMatch(/count: 0\n[\s\S]*in-pack: 0\n[\s\S]*garbage: 0/);
  expect((await readdir(join(path(), 'objects'))).sort()).toEqual(['info', 'pack']);
  expect(events).toEqual([]);
}

const limits: [string, (bytes: number) => PushFault][] = [
  ['cut-after-bytes', (bytes) => ({ kind: 'cut-after-bytes', bytes })],
  ['answer', (overBytes) => ({ kind: 'answer', status: 413, overBytes })],
  ['refuse-over-bytes', (bytes) => ({ kind: 'refuse-over-bytes', bytes })],
];

describe.each(limits)('under %s', (_, fault) => {
  it('a pack of just that many bytes passes, whatever its commands add to it', async () => {
    region.pushFault = fault(pack.length);
    const names = Array.from({ length: 200 }, (_unused, n) => `refs/heads/${'long-'.repeat(30)}${n}`);

    const { report } = await reportOf(await push({ commands: names.map((name) => `${ZEROS} ${oid} ${name}`) }));

    expect(report).toEqual(['unpack ok', ...names.map((name) => `ok ${name}`)]);
    await fsck(path());
  });

  it('a pack of one byte more does not, and nothing is written', async () => {
    region.pushFault = fault(pack.length - 1);

    await push().then(
      ({ status, body }) => expect([status, body.includes('unpack ok')]).not.toEqual([200, true]),
      (error: NodeJS.ErrnoException) => expect(error.code).toMatch(/ECONNRESET|EPIPE/),
    );

    await expectUntouched();
  });

  it('stock git fails with a pack that is too big, and gets through once the fault is gone', async () => {
    region.pushFault = fault(1_000_000);
    await expect(clone.push(url(), 'main')).rejects.toThrow(/RPC failed|hung up|unpacker error/);
    await expectUntouched();

    region.pushFault = undefined;
    await clone.push(url(), 'main');

    expect(await git(path(), 'rev-parse', 'main')).toBe(oid);
  });

  it('a push without a pack passes', async () => {
    await clone.push(url(), 'main', 'main:refs/heads/gone');
    region.pushFault = fault(0);

    const { report } = await reportOf(
      await push({ commands: [`${oid} ${ZEROS} refs/heads/gone`], pack: Buffer.alloc(0) }),
    );

    expect(report).toEqual(['unpack ok', 'ok refs/heads/gone']);
  });
});

describe('a connection that is cut', () => {
  it.each([
    [
      'after bytes, from a client that has said how many there will be',
      { kind: 'cut-after-bytes', bytes: 100_000 },
      {},
    ],
    ['after bytes, from one that has not', { kind: 'cut-after-bytes', bytes: 100_000 }, { chunked: true }],
    ['after a time in which the pack did not end', { kind: 'cut-after-seconds', seconds: 0.05 }, { open: true }],
  ] satisfies [string, PushFault, Partial<RawPush>][])('breaks %s', async (_, fault, how) => {
    region.pushFault = fault;

    await expect(push(how)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });

    await expectUntouched();
    expect(region.received.pushes).toBe(1);
    expect(region.received.packBytes).toBeGreaterThan(fault.kind === 'cut-after-bytes' ? fault.bytes : 0);
  });

  it('breaks after a time even if git would have the whole pack by then, so that git has moved no ref', async () => {
    region.pushFault = { kind: 'cut-after-seconds', seconds: 0.2 };

    // All of the pack, and only the end of the request is missing.
    await expect(push({ open: true })).rejects.toMatchObject({ code: 'ECONNRESET' });

    await expectUntouched();
  });

  it('does not break a pack that has come in time', async () => {
    region.pushFault = { kind: 'cut-after-seconds', seconds: 1000 };

    expect((await reportOf(await push())).report).toEqual(['unpack ok', 'ok refs/heads/main']);
  });
});

it.each(
  ([408, 413, 500, 502, 503, 504] as const).flatMap((status) => [
    { status, open: false },
    { status, open: true },
  ]),
)(
  'a pack that is too big is answered with $status, whether or not its client goes on (open: $open)',
  async ({ status, open }) => {
    region.pushFault = { kind: 'answer', status, overBytes: 50_000 };

    const answer = await push({ open, chunked: !open });

    expect(answer).toMatchObject({ status, headers: { connection: 'close' } });
    await expectUntouched();
  },
);

it('a pack that is refused for its size is reported on as git does with receive.maxInputSize', async () => {
  const reports = [];
  region.pushFault = { kind: 'refuse-over-bytes', bytes: 100_000 };
  reports.push(await reportOf(await push()));
  await expectUntouched();
  region.pushFault = undefined;
  await git(path(), 'config', 'receive.maxInputSize', '100000');
  // Enough objects for index-pack, which is what takes packs of this size.
  await git(path(), 'config', 'receive.unpackLimit', '1');
  reports.push(await reportOf(await push()));

  expect(reports[0]).toEqual({
    progress: 'fatal: pack exceeds maximum allowed size\n',
    report: ['unpack index-pack abnormal exit', 'ng refs/heads/main unpacker error'],
  });
  expect(reports[1]?.report).toEqual(reports[0]?.report);
  expect(reports[1]?.progress).toContain('fatal: pack exceeds maximum allowed size');
});

it('leaves nothing behind however often it strikes', async () => {
  for (let n = 0; n < 10; n++) {
    region.pushFault = { kind: 'cut-after-bytes', bytes: n * 300_000 };
    await push({ chunked: n % 2 === 0 }).catch(() => {});
  }

  await expectUntouched();
  expect(region.received.pushes).toBe(10);
});

it('counts pushes, but not stock git’s empty trial, and the bytes of their packs', async () => {
  await clone.push(url(), 'main');
  const afterFirst = { ...region.received };
  await push({ commands: [`${ZEROS} ${oid} refs/heads/b`], pack: Buffer.from('no pack') });

  expect(afterFirst.pushes).toBe(1);
  expect(afterFirst.packBytes).toBeGreaterThan(2_900_000);
  expect(region.received).toEqual({ pushes: 2, packBytes: afterFirst.packBytes + 7 });
});

describe('on the command line', () => {
  it.each<[string, PushFault]>([
    ['cut-after-bytes:1000000', { kind: 'cut-after-bytes', bytes: 1_000_000 }],
    ['cut-after-seconds:0.5', { kind: 'cut-after-seconds', seconds: 0.5 }],
    ['refuse-over-bytes:0', { kind: 'refuse-over-bytes', bytes: 0 }],
    ['answer-413:5', { kind: 'answer', status: 413, overBytes: 5 }],
    ['answer-504:5', { kind: 'answer', status: 504, overBytes: 5 }],
  ])('it is written %s', (text, fault) => {
    expect(parsePushFault(text)).toEqual(fault);
  });

  it.each(PUSH_FAULTS)('every kind is read: %s', (kind) => {
    expect(parsePushFault(`${kind}:1`).kind).toBe(kind.replace(/-\d+$/, ''));
  });

  it.each([
    ['', 'expected KIND:NUMBER'],
    ['cut-after-bytes', 'expected KIND:NUMBER'],
    ['cut-after-bytes:', 'expected KIND:NUMBER'],
    ['cut-after-bytes:-1', 'expected KIND:NUMBER'],
    ['cut-after-bytes:1e6', 'expected KIND:NUMBER'],
    ['answer-404:1', 'expected KIND:NUMBER'],
    ['answer:1', 'expected KIND:NUMBER'],
    ['cut-after-bytes:0.5', 'a whole number of bytes'],
    ['answer-413:99999999999999999999', 'a whole number of bytes'],
    ['cut-after-seconds:3000000', 'at most 2000000 seconds'],
  ])('it is refused with what was expected and an example: "%s"', (text, expected) => {
    expect(() => parsePushFault(text)).toThrow(`the push fault is "${text}": expected`);
    expect(() => parsePushFault(text)).toThrow(expected);
    expect(() => parsePushFault(text)).toThrow('for instance');
  });
});
