import { weighPack } from '../../git/protocol/pack-header.ts';
import { chunksOf, collect } from '../support/stream.ts';

const HEADER = Buffer.from('5041434b0000000200010002', 'hex');

it.each([[[12]], [[1, 4, 7]], [[12, 0]], [[5, 40]]])(
  'is weighed by its first twelve bytes in chunks of %j, and then whole',
  async (sizes) => {
    const pack = Buffer.concat([HEADER, Buffer.from('what comes then')]);
    const chunks: Buffer[] = [];
    let at = 0;
    for (const size of [...sizes, pack.length]) {
      chunks.push(pack.subarray(at, at + size));
      at += size;
    }

    const weighed = await weighPack(chunksOf(...chunks));

    expect(weighed.objects).toBe(0x10002);
    expect(await collect(weighed.chunks)).toEqual(pack);
  },
);

it('is read no further than its first twelve bytes', async () => {
  async function* source() {
    yield HEADER.subarray(0, 5);
    yield HEADER.subarray(5);
    throw new Error('read too far');
  }

  const { objects, chunks } = await weighPack(source());

  expect(objects).toBe(0x10002);
  await expect(collect(chunks)).rejects.toThrow('read too far');
});

it('is corrupt if it ends before, and says after how many bytes', async () => {
  const short = weighPack(chunksOf(HEADER.subarray(0, 4), HEADER.subarray(4, 11)));

  await expect(short).rejects.toMatchObject({ code: 'corrupt', message: 'a pack of only 11 bytes' });
});
