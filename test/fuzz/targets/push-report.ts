import { readPushReport } from '../../../git/protocol/push-report.ts';
import { whole } from '../chunks.ts';
import { judgeEqual, judgeText } from '../judge.ts';
import { encodePackets, packetsOf, reshapePackets } from '../packets.ts';
import { advertised } from './advertised.ts';
import { SIDE_BAND_CODES } from './side-band.ts';
import { streamTarget, WIRE_WORDS } from './streams.ts';

const BANDED = advertised('report-status side-band-64k');
const PLAIN = advertised('report-status');
const MUTE = advertised('');
const LINES = [
  'ok refs/heads/a\n',
  'ng refs/heads/b no\n',
  'ng refs/heads/c\n',
  'ok \n',
  'ng refs/tags/\xff \u001b[2J\n',
  'option x\n',
];

/** In bands: the report itself is packets inside of packets. */
const banded = (report: Buffer, ...others: string[]): Buffer =>
  encodePackets([
    Buffer.concat([Buffer.from([1]), report.subarray(0, 20)]),
    ...others,
    Buffer.concat([Buffer.from([1]), report.subarray(20)]),
    null,
  ]);

const advertisedFor = (bytes: Buffer) => {
  if (bytes.length % 16 === 15) return MUTE;
  return bytes.toString('latin1', 4, 11) === 'unpack ' ? PLAIN : BANDED;
};

export const pushReport = streamTarget({
  name: 'push-report',
  files: ['git/protocol/push-report.ts', 'git/protocol/side-band.ts', 'git/pkt-line/reader.ts'],
  codes: [...SIDE_BAND_CODES, 'too-large'],
  examples: [
    banded(
      encodePackets(['unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b no\n', null]),
      '\u0002fatal: disk full\n',
    ),
    encodePackets(['unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b hook declined\n', null]),
    encodePackets(['unpack index-pack abnormal exit\n', 'ng refs/heads/b unpacker error\n', null]),
  ],
  words: [...LINES, 'unpack ok', 'unpack ', '\u0002error: no\u0085'],
  generate(random) {
    const report = encodePackets([
      random.pick(['unpack ok\n', 'unpack no\u202e', 'unpack']),
      ...random.some(6, () => random.pick(LINES)),
      null,
    ]);
    return random.oneIn(3)
      ? report
      : banded(report, ...random.some(2, () => random.pick(['\u0002x\n', '\u0002fatal: \xff\u001b', '\u0001'])));
  },
  reshape(bytes, random) {
    const { packets } = packetsOf(bytes);
    const inner = Buffer.concat(packets.flatMap((one) => (one?.[0] === 1 ? [one.subarray(1)] : [])));
    const words = [...WIRE_WORDS, ...LINES];
    return inner.length === 0 || random.oneIn(3)
      ? reshapePackets(bytes, random, words)
      : banded(reshapePackets(inner, random, words).subarray(0, 60_000));
  },
  async read(chunks, bytes) {
    const report = await readPushReport(chunks, advertisedFor(bytes), () => {});
    return report && { ...report, results: [...report.results] };
  },
  async judgeValue(report) {
    if (report === undefined) return;
    for (const text of [report.unpackError, report.fatal, ...report.results.map(([, reason]) => reason)])
      judgeText(text ?? '', 210);
    const lines = report.results.map(([ref, reason]) => (reason === undefined ? `ok ${ref}\n` : `ng ${ref} no\n`));
    const again = await readPushReport(whole(encodePackets(['unpack ok', ...lines, null])), PLAIN, () => {});
    judgeEqual(
      'a report that is written again names the same refs',
      [...(again?.results.keys() ?? [])],
      report.results.map(([ref]) => ref),
    );
  },
});
