import { isOid } from '../../../git/oid.ts';
import { PktLineReader } from '../../../git/pkt-line/reader.ts';
import { readShallowCommits, readUploadAnswer } from '../../../git/protocol/upload-answer.ts';
import { judge } from '../judge.ts';
import { encodePackets } from '../packets.ts';
import { advertised } from './advertised.ts';
import { SIDE_BAND_CODES } from './side-band.ts';
import { A, B, bytesOf, LONG, streamTarget } from './streams.ts';

const BANDED = advertised('side-band-64k multi_ack_detailed');
const PLAIN = advertised('multi_ack_detailed');
const LINES = [`ACK ${A} common\n`, `ACK ${B} ready\n`, `ACK ${LONG} continue\n`, `ACK ${A}\n`, 'NAK\n', 'ACK \n'];

/** Acknowledgements and the pack, where its first byte is even or a 1; else the commits at a depth before them. */
export const uploadAnswer = streamTarget({
  name: 'upload-answer',
  files: ['git/protocol/upload-answer.ts', 'git/protocol/side-band.ts', 'git/pkt-line/reader.ts'],
  codes: SIDE_BAND_CODES,
  examples: [
    encodePackets([`ACK ${A} common\n`, `ACK ${B} ready\n`, `ACK ${A}\n`, '\u0001PACK', '\u0002x', null]),
    encodePackets(['NAK\n', '\u0001PACK', null]),
    Buffer.concat([encodePackets(['NAK\n']), Buffer.from('PACKxyz')]),
    encodePackets([`shallow ${A}\n`, `unshallow ${B}\n`, null, 'NAK\n', '\u0001PACK', null]),
  ],
  words: [...LINES, `shallow ${B}`, 'unshallow '],
  generate: (random) =>
    encodePackets([
      ...(random.oneIn(2)
        ? []
        : [
            ...random.some(
              4,
              () => `${random.pick(['shallow', 'unshallow', 'shallow '])} ${random.pick([A, B, LONG])}`,
            ),
            null,
          ]),
      ...random.some(5, () => random.pick(LINES)),
      'NAK\n',
      ...random.some(3, () => random.pick(['\u0001ab', '\u0002x', '\u0003y'])),
      null,
    ]),
  async read(chunks, bytes) {
    const reader = new PktLineReader(chunks);
    const shallow = bytes.includes('shallow') ? await readShallowCommits(reader) : [];
    const said: string[] = [];
    const { common, pack } = await readUploadAnswer(reader, bytes.length % 4 === 3 ? PLAIN : BANDED, (text) =>
      said.push(text),
    );
    return { shallow, common: [...common], pack: (await bytesOf(pack)).toString('latin1'), said };
  },
  judgeValue: ({ shallow, common }) =>
    judge('what is acknowledged is an object', [...shallow, ...common].every(isOid), common),
});
