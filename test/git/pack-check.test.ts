import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { checkedPack } from '../../git/protocol/pack-check.ts';
import { emptyPack } from '../../git/protocol/push-request.ts';
import { Clone, removeFolders } from '../support/repository.ts';
import { chunksOf, collect, slicesOf } from '../support/stream.ts';

let pack: Buffer;
beforeAll(async () => {
  const clone = await Clone.init();
  await clone.commit();
  await clone.commit();
  const child = promisify(execFile)('git', ['-C', clone.directory, 'pack-objects', '--all', '--stdout', '-q'], {
    encoding: 'buffer',
  });
  child.child.stdin?.end();
  pack = (await child).stdout;
});
afterAll(removeFolders);

/** What comes through before an error, if any. */
async function pass(
  bytes: Buffer,
  size: number,
): Promise<{ passed: Buffer; objects: number; code: string | undefined }> {
  const parts: Buffer[] = [];
  let objects = -1;
  try {
    for await (const chunk of checkedPack(slicesOf(bytes, size), 'sha1', (count) => (objects = count)))
      parts.push(Buffer.from(chunk));
    return { passed: Buffer.concat(parts), objects, code: undefined };
  } catch (error) {
    return { passed: Buffer.concat(parts), objects, code: (error as { code: string }).code };
  }
}

it.each([1, 2, 7, 19, 20, 21, 64, 100_000])('passes a whole pack through unchanged in chunks of %d', async (size) => {
  expect(await pass(pack, size)).toEqual({ passed: pack, objects: 6, code: undefined });
});

it('passes the empty pack', async () => {
  expect((await pass(emptyPack('sha1'), 8)).objects).toBe(0);
});

it('never gives the end of a pack that is cut, wherever that is', async () => {
  for (let length = 0; length < pack.length; length++) {
    const { passed, code } = await pass(pack.subarray(0, length), 50);
    expect({ length, code }).toEqual({ length, code: expect.stringMatching(/^(corrupt|protocol)$/) });
    expect(passed.length).toBeLessThan(pack.length - 20);
  }
});

it('never gives the end of a pack of which one bit has changed', async () => {
  for (let at = 0; at < pack.length; at += 3) {
    const damaged = Buffer.from(pack);
    damaged[at] = (damaged[at] as number) ^ 0x10;
    const { passed, code } = await pass(damaged, 64);
    expect({ at, whole: code === undefined || passed.length === pack.length }).toEqual({ at, whole: false });
  }
});

it('refuses more objects than the bytes can hold', async () => {
  const greedy = Buffer.from(pack);
  greedy.writeUInt32BE(1_000_000, 8);

  expect((await pass(greedy, 64)).code).toBe('corrupt');
});

it('holds no more than a little back, even if the pack comes in pieces that are shorter than its checksum', async () => {
  const long = Buffer.concat([pack, Buffer.alloc(300_000)]);

  const { passed } = await pass(long, 19);

  expect(long.length - passed.length).toBeLessThan(70_000);
  expect(passed.equals(long.subarray(0, passed.length))).toBe(true);
});

it('passes a long pack whole that comes in such pieces', async () => {
  const body = Buffer.concat([Buffer.from('5041434b0000000200000001', 'hex'), Buffer.alloc(100_000, 'x')]);
  const long = Buffer.concat([body, createHash('sha1').update(body).digest()]);

  expect(await pass(long, 19)).toEqual({ passed: long, objects: 1, code: undefined });
});

it('says how many objects there are as soon as the header is there', async () => {
  const seen: number[] = [];
  const pieces = checkedPack(chunksOf(pack.subarray(0, 12)), 'sha1', (objects) => seen.push(objects));

  await expect(pieces.next()).rejects.toMatchObject({ code: 'corrupt' });

  expect(seen).toEqual([6]);
});

it('joins nothing that it does not have to', async () => {
  expect((await collect(checkedPack(slicesOf(pack, 30), 'sha1', () => {}))).equals(pack)).toBe(true);
});
