import { createHash } from 'node:crypto';
import { checkedPack } from '../../../git/protocol/pack-check.ts';
import { weighPack } from '../../../git/protocol/pack-header.ts';
import { damage } from '../bytes.ts';
import { whole } from '../chunks.ts';
import { answerOf, judge, judgeEqual } from '../judge.ts';
import { bytesOf, streamTarget } from './streams.ts';

const CODES = ['protocol', 'corrupt'];
const formatOf = (bytes: Buffer) => (bytes[11] === 2 ? 'sha256' : 'sha1');
const TRAILER = { sha1: 20, sha256: 32 };

/** A pack with the checksum that it ought to have. */
function sealed(body: Buffer): Buffer {
  return Buffer.concat([body, createHash(formatOf(body)).update(body).digest()]);
}

function pack(objects: number, body: Buffer): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects, 8);
  return sealed(Buffer.concat([header, body]));
}

export const packCheck = streamTarget({
  name: 'pack',
  files: ['git/protocol/pack-check.ts', 'git/protocol/pack-header.ts'],
  codes: CODES,
  examples: [
    pack(0, Buffer.alloc(0)),
    pack(1, Buffer.alloc(9, 'x')),
    pack(2, Buffer.alloc(40, 'y')),
    pack(3, Buffer.alloc(27)),
  ],
  words: ['PACK', '\0\0\0\u0002', '\0\0\0\u0003', '\0\0\0\0', '\xff\xff\xff\xff'],
  generate: (random) =>
    pack(random.below(5), Buffer.alloc(random.below(60) + (random.oneIn(900) ? 70_000 : 0), random.below(256))),
  reshape: (bytes, random) =>
    sealed(damage(bytes.subarray(0, -TRAILER[formatOf(bytes)]), random, ['PACK', '\0'], [bytes])),
  async read(chunks, bytes) {
    const passed: Buffer[] = [];
    let objects: number | undefined;
    const format = formatOf(bytes);
    try {
      const checked = checkedPack(chunks, format, (count) => {
        objects = count;
      });
      for await (const chunk of checked) passed.push(chunk);
    } catch (error) {
      const most = Math.max(0, bytes.length - TRAILER[format]);
      judge('of a pack that is refused the end is held back', Buffer.concat(passed).length <= most, bytes);
      throw error;
    }
    return { objects, data: Buffer.concat(passed).toString('latin1') };
  },
  async judgeValue({ objects, data }, bytes) {
    judgeEqual('a pack passes unchanged', data, bytes.toString('latin1'));
    const format = formatOf(bytes);
    const body = bytes.subarray(0, -TRAILER[format]);
    const sum = createHash(format).update(body).digest();
    judge('a pack that passes has its checksum', sum.equals(bytes.subarray(-TRAILER[format])), bytes);
    const weighed = await answerOf(() => weighPack(whole(bytes) as unknown as AsyncGenerator<Buffer>));
    judge('a pack that passes can be weighed', 'value' in weighed, weighed);
    const { objects: count, chunks } = (weighed as { value: { objects: number; chunks: AsyncGenerator<Buffer> } })
      .value;
    judgeEqual('a pack weighs what it announces', count, objects);
    judgeEqual('a pack that is weighed is whole', (await bytesOf(chunks)).equals(bytes), true);
  },
});
