import { PktLineReader } from '../../../git/pkt-line/reader.ts';
import { readSideBand } from '../../../git/protocol/side-band.ts';
import { judgeEqual } from '../judge.ts';
import { encodePackets, packetsOf } from '../packets.ts';
import { AN_ANSWER, AN_ERROR, bytesOf, readerOf, streamTarget } from './streams.ts';

export const SIDE_BAND_CODES = ['protocol', 'connection', 'remote-error', 'corrupt'];

export const sideBand = streamTarget({
  name: 'side-band',
  files: ['git/protocol/side-band.ts', 'git/pkt-line/reader.ts', 'git/pkt-line/decode.ts'],
  codes: SIDE_BAND_CODES,
  examples: [
    encodePackets(['\u0001PACK', '\u0002Counting\r', '\u0001', '\u0001more', null]),
    encodePackets(['\u0001x', '\u0003fatal: index-pack failed\n']),
    encodePackets(['\u0003a corrupt object']),
    encodePackets(['ERR upload-pack: not our ref\n']),
  ],
  words: ['\u0003corrupt', 'ERR x', 'ERRx'],
  generate: (random) =>
    encodePackets([
      ...random.some(8, () =>
        random.pick([
          '\u0001',
          '\u0001PACK',
          '\u0001ab',
          '\u0002',
          '\u0002x\r',
          '\u0002\xff',
          '\u0003y',
          '\u0004',
          'E',
          '',
        ]),
      ),
      random.oneIn(9) ? '\u0001' : null,
    ]),
  async read(chunks) {
    const said: string[] = [];
    const data = await bytesOf(readSideBand(new PktLineReader(chunks), (text) => said.push(text)));
    return { data: data.toString('latin1'), said };
  },
  expected(bytes) {
    const { packets } = packetsOf(bytes);
    const end = packets.indexOf(null);
    const carries = packets.slice(0, end).every((one) => one?.[0] === 1 || one?.[0] === 2);
    return end >= 0 && carries ? AN_ANSWER : AN_ERROR;
  },
  async judgeValue({ data }, bytes) {
    const { packets } = packetsOf(bytes);
    const sent = packets.slice(0, packets.indexOf(null)).flatMap((one) => (one?.[0] === 1 ? [one.subarray(1)] : []));
    judgeEqual('the data is that of band 1', data, Buffer.concat(sent).toString('latin1'));
    const again = encodePackets([...(data.match(/[\s\S]{1,60000}/g) ?? []).map((part) => `\u0001${part}`), null]);
    const read = await bytesOf(readSideBand(readerOf(again), () => {}));
    judgeEqual('data that is written again is the same', read.toString('latin1'), data);
  },
});
