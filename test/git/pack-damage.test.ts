import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { checkedPack } from '../../git/protocol/pack-check.ts';
import { aFolder, git, removeFolders } from '../support/repository.ts';
import { chunksOf, slicesOf } from '../support/stream.ts';

let pack: Buffer;
beforeAll(async () => {
  const directory = await aFolder();
  await git(directory, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main');
  await git(directory, 'commit', '--quiet', '--allow-empty', '--message', 'one');
  const child = promisify(execFile)('git', ['-C', directory, 'pack-objects', '--all', '--stdout', '-q'], {
    encoding: 'buffer',
  });
  child.child.stdin?.end();
  pack = (await child).stdout;
});
afterAll(removeFolders);

async function pass(chunks: AsyncIterable<Buffer>, format: 'sha1' | 'sha256' = 'sha256') {
  const parts: Buffer[] = [];
  try {
    for await (const chunk of checkedPack(chunks, format, () => {})) parts.push(Buffer.from(chunk));
    return { passed: Buffer.concat(parts), code: undefined };
  } catch (error) {
    return { passed: Buffer.concat(parts), code: (error as { code?: string }).code };
  }
}

/** A pack that fits its own checksum, whatever it holds. */
const sealed = (start: string, body = ''): Buffer => {
  const bytes = Buffer.from(start + body, 'hex');
  return Buffer.concat([bytes, createHash('sha256').update(bytes).digest()]);
};

it.each([1, 3, 31, 32, 33, 100_000])('a SHA-256 pack passes unchanged in chunks of %d', async (size) => {
  expect(await pass(slicesOf(pack, size))).toEqual({ passed: pack, code: undefined });
});

it.each([1, 33])('a SHA-256 pack that is cut anywhere never gets its end, in chunks of %d', async (size) => {
  for (let length = 0; length < pack.length; length++) {
    const { passed, code } = await pass(slicesOf(pack.subarray(0, length), size));
    expect({ length, code }).toEqual({ length, code: 'corrupt' });
    expect(passed.length).toBeLessThanOrEqual(Math.max(0, length - 32));
  }
});

it('every flipped byte is noticed, and the last bytes stay here', async () => {
  for (let at = 0; at < pack.length; at++) {
    const damaged = Buffer.from(pack);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0xff, at);
    const { passed, code } = await pass(slicesOf(damaged, 40));
    expect({ at, code }).toEqual({ at, code: expect.stringMatching(/^(corrupt|protocol)$/) });
    expect(passed.length).toBeLessThanOrEqual(pack.length - 32);
  }
});

it('a checksum of the other kind does not count', async () => {
  expect((await pass(slicesOf(pack, 50), 'sha1')).code).toBe('corrupt');
});

it('a byte too many is noticed, and so is a second pack after the first', async () => {
  expect((await pass(chunksOf(pack, Buffer.from([0])))).code).toBe('corrupt');
  expect((await pass(chunksOf(pack, pack))).code).toBe('corrupt');
});

it('chunks of nothing change nothing', async () => {
  const empty = Buffer.alloc(0);

  expect(await pass(chunksOf(empty, pack.subarray(0, 5), empty, pack.subarray(5), empty))).toEqual({
    passed: pack,
    code: undefined,
  });
});

it.each<[string, string, string | undefined]>([
  ['version 2 of no objects', '5041434b0000000200000000', undefined],
  ['version 3 of no objects', '5041434b0000000300000000', undefined],
  ['version 1', '5041434b0000000100000000', 'protocol'],
  ['version 4', '5041434b0000000400000000', 'protocol'],
  ['another beginning', '4b4341500000000200000000', 'protocol'],
  ['objects that are not there', '5041434b0000000200000001', 'corrupt'],
  ['more objects than there can be', '5041434b00000002ffffffff', 'corrupt'],
  ['bytes though there are no objects', '5041434b0000000200000000aabb', 'corrupt'],
  ['a beginning that is only like a pack’s', 'd041434b0000000200000000', 'protocol'],
  ['two objects of the fewest bytes that there can be', `5041434b0000000200000002${'78'.repeat(18)}`, undefined],
  ['two objects in a byte less', `5041434b0000000200000002${'78'.repeat(17)}`, 'corrupt'],
])('judges a pack of %s even if its checksum fits', async (_what, start, code) => {
  expect((await pass(slicesOf(sealed(start), 9))).code).toBe(code);
});

it('an error of the source goes through, and nothing after it', async () => {
  async function* broken() {
    yield pack;
    throw new Error('cut');
  }
  const parts: Buffer[] = [];
  const reading = async () => {
    for await (const chunk of checkedPack(broken(), 'sha256', () => {})) parts.push(chunk);
  };

  await expect(reading()).rejects.toThrow('cut');
  expect(parts).toEqual([]);
});
