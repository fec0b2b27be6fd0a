import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { PackScan } from '../../local/codecommit/pack-scan.ts';
import { packOf } from '../support/packs.ts';
import { Clone, removeFolders } from '../support/repository.ts';
import { randomNumbers, seed } from '../support/seed.ts';
import { slicesOf } from '../support/stream.ts';

const TRAILER_BYTES = 20;

let clone: Clone;
/** Packs of the same objects: with offset deltas, with references to bases, and a thin one. */
let offsets: Buffer;
let references: Buffer;
let thin: Buffer;
/** Few objects, one of which does not compress, and one that does very well. */
let big: Buffer;
beforeAll(async () => {
  clone = await Clone.init();
  await clone.history(300, 'main', { bytes: 3000 });
  offsets = await packOf(clone.directory, ['main'], '--delta-base-offset');
  references = await packOf(clone.directory, ['main']);
  thin = await packOf(clone.directory, ['main', '^main~20'], '--thin');
  const other = await Clone.init();
  await other.commit(randomBytes(200_000).toString('latin1'), 'random.bin');
  await other.commit('x'.repeat(5_000_000), 'same.bin');
  await other.commit('', 'empty');
  big = await packOf(other.directory, ['main']);
});
afterAll(removeFolders);

async function scan(pack: Buffer, size = pack.length): Promise<string> {
  const scanned = new PackScan();
  for await (const chunk of slicesOf(pack, size)) await scanned.write(chunk);
  return scanned.finding;
}

/** The pack with one more object at its end that begins as an offset delta does: only a scan that has kept step finds it. */
function withLastOffsetDelta(pack: Buffer): Buffer {
  const longer = Buffer.concat([pack.subarray(0, -TRAILER_BYTES), Buffer.from([0x60]), Buffer.alloc(TRAILER_BYTES)]);
  longer.writeUInt32BE(pack.readUInt32BE(8) + 1, 8);
  return longer;
}

describe.each([
  ['whole', Number.POSITIVE_INFINITY],
  ['in pieces of 64 KiB', 65_536],
  ['in pieces of 1000 bytes', 1000],
  ['in pieces of 7 bytes', 7],
])('a pack that comes %s', (_, size) => {
  it('of git is known to have offset deltas', async () => {
    expect(await scan(offsets, size)).toBe('offset-delta');
  });

  it.each<[string, () => Buffer]>([
    ['deltas that name their base', () => references],
    ['bases that are not in it', () => thin],
    ['objects that are longer than a piece', () => big],
  ])('of git is followed to its end when it has %s', async (_what, pack) => {
    expect(await scan(pack(), size)).toBe('nothing');
    expect(await scan(withLastOffsetDelta(pack()), size)).toBe('offset-delta');
  });
});

it('reads byte by byte', async () => {
  expect(await scan(thin, 1)).toBe('nothing');
  expect(await scan(withLastOffsetDelta(thin), 1)).toBe('offset-delta');
});

it('says so before it has seen the rest of the pack', async () => {
  const scanned = new PackScan();
  const ends: number[] = [];
  let at = 0;
  for await (const chunk of slicesOf(offsets, 100)) {
    at += chunk.length;
    if ((await scanned.write(chunk)) === 'offset-delta') ends.push(at);
  }

  expect(ends[0]).toBeLessThan(offsets.length);
});

it.each<[string, Buffer]>([
  ['an empty pack', Buffer.concat([Buffer.from('5041434b0000000200000000', 'hex'), randomBytes(20)])],
  ['no pack at all', Buffer.alloc(0)],
])('finds nothing in %s', async (_, pack) => {
  expect(await scan(pack)).toBe('nothing');
});

const header = (objects: number) => Buffer.from(`5041434b00000002${objects.toString(16).padStart(8, '0')}`, 'hex');
it.each<[string, Buffer]>([
  ['does not begin as a pack', Buffer.from('something else entirely')],
  ['is of a version that there is not', Buffer.from('5041434b0000000400000001b0', 'hex')],
  ['has an object of a type that there is not', Buffer.concat([header(1), Buffer.from([0x50])])],
  ['has an object that is no zlib stream', Buffer.concat([header(1), Buffer.from([0x33]), randomBytes(3), header(9)])],
  ['has an object longer than it says', Buffer.concat([header(1), Buffer.from([0x31]), deflateSync('abc'), header(9)])],
])('leaves to git what %s', async (_, pack) => {
  expect(await scan(pack)).toBe('unreadable');
});

it(`never fails on a damaged pack (seed ${seed})`, async () => {
  const random = randomNumbers(seed);
  for (let n = 0; n < 200; n++) {
    const damaged = Buffer.from(thin);
    for (let change = 0; change <= random(4); change++) damaged[random(damaged.length)] = random(256);
    const cut = damaged.subarray(0, random(damaged.length));

    expect(['nothing', 'offset-delta', 'unreadable']).toContain(await scan(cut, 1 + random(5000)));
  }
});
