import fc from 'fast-check';
import { GitError } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { type Advertisement, readAdvertisement } from '../../git/protocol/advertisement.ts';
import { readPushReport } from '../../git/protocol/push-report.ts';
import { emptyPack, encodePushCommands } from '../../git/protocol/push-request.ts';
import { readSideBand } from '../../git/protocol/side-band.ts';
import { readAcknowledgements } from '../../git/protocol/upload-answer.ts';
import { encodeUploadRequest } from '../../git/protocol/upload-request.ts';
import { refFromText } from '../../git/ref.ts';
import { chunksOf, collect, packets, readerOf, slicesOf } from '../support/stream.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [Oid, Oid, Oid];
const advertising = (words: string): Promise<Advertisement> =>
  readAdvertisement(readerOf(packets(`${A} refs/heads/main\0${words}\n`, null)), 'git-upload-pack');
const silent = () => {};

describe('a request for a pack', () => {
  const request = { wants: [A, B], haves: [C], done: true, thin: true, ofsDelta: true };

  it('names what the server offers, and nothing else', async () => {
    const codecommit = await advertising('multi_ack_detailed shallow side-band-64k thin-pack');

    expect(encodeUploadRequest(request, codecommit).toString()).toBe(
      `005dwant ${A} multi_ack_detailed side-band-64k thin-pack\n0032want ${B}\n00000032have ${C}\n0009done\n`,
    );
  });

  it('asks a bare server for nothing special', async () => {
    expect(encodeUploadRequest({ ...request, haves: [] }, await advertising('')).toString()).toBe(
      `0032want ${A}\n0032want ${B}\n00000009done\n`,
    );
  });

  it('ends a mere question with a flush', async () => {
    const question = { ...request, wants: [A], done: false };

    expect(encodeUploadRequest(question, await advertising('')).toString()).toBe(
      `0032want ${A}\n00000032have ${C}\n0000`,
    );
  });
});

describe('the acknowledgements', () => {
  it('count what is common, and not what only makes the server ready', async () => {
    const reader = readerOf(packets(`ACK ${A} common\n`, `ACK ${B} ready\n`, `ACK ${A}\n`));

    expect([...(await readAcknowledgements(reader))]).toEqual([A]);
  });

  it('may be none', async () => {
    expect((await readAcknowledgements(readerOf(packets('NAK\n')))).size).toBe(0);
  });

  it.each([
    ['something else', packets('HELLO\n')],
    ['a flush', packets(null)],
    ['a status of no kind', packets(`ACK ${A} maybe\n`)],
  ])('are an error if they are %s', async (_what, bytes) => {
    await expect(readAcknowledgements(readerOf(bytes))).rejects.toMatchObject({ code: 'protocol' });
  });

  it('that never end are a cut connection', async () => {
    await expect(readAcknowledgements(readerOf(packets(`ACK ${A} common\n`)))).rejects.toMatchObject({
      code: 'connection',
    });
  });
});

describe('the side-band', () => {
  it('gives the data, and tells people the rest', async () => {
    const said: string[] = [];
    const stream = packets('\u0002Counting: 1\r', '\u0001PA', '\u0001CK', null);

    const data = await collect(readSideBand(readerOf(stream), (text) => said.push(text)));

    expect(data.toString()).toBe('PACK');
    expect(said).toEqual(['Counting: 1\r']);
  });

  it('gives the same data however the stream is cut into chunks', async () => {
    const stream = packets('\u0001hello', '\u0002progress', '\u0001 world', null);
    for (const size of [1, 2, 3, 5, 7, 11]) {
      expect((await collect(readSideBand(new PktLineReader(slicesOf(stream, size)), silent))).toString()).toBe(
        'hello world',
      );
    }
  });

  it.each([
    ['an error on band 3', packets('\u0003disk is full\n'), 'remote-error'],
    [
      'a corrupt source',
      packets('\u0003aborting due to possible repository corruption on the remote side.\n'),
      'corrupt',
    ],
    ['an ERR packet', packets('ERR no\n'), 'remote-error'],
    ['an unknown band', packets('\u0007x'), 'protocol'],
    ['an empty packet', packets(''), 'protocol'],
    ['no flush', packets('\u0001data'), 'connection'],
    ['a cut packet', Buffer.from('0009\u0001da'), 'connection'],
  ])('ends in an error on %s', async (_what, bytes, code) => {
    await expect(collect(readSideBand(readerOf(bytes), silent))).rejects.toMatchObject({ code });
  });
});

describe('a push', () => {
  it('names old and new id of every ref, byte for byte, and only offered capabilities', async () => {
    const codecommit = await advertising('report-status delete-refs side-band-64k thin-pack');
    const commands = [
      { ref: refFromText('refs/heads/ä'), old: undefined, new: A },
      { ref: refFromText('refs/heads/gone'), old: B, new: undefined },
    ];

    const zero = '0'.repeat(40);
    const first = `${zero} ${A} refs/heads/ä\0 report-status side-band-64k`;
    expect(encodePushCommands(commands, codecommit).toString()).toBe(
      `00${(Buffer.byteLength(first) + 4).toString(16)}${first}0065${B} ${zero} refs/heads/gone0000`,
    );
  });

  it('of ids that are there carries the pack that git calls empty', () => {
    expect(emptyPack('sha1').toString('hex')).toBe('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e');
  });

  const report = (...lines: (string | null)[]) => packets(`\u0001${packets(...lines).toString('latin1')}`, null);
  const read = async (bytes: Buffer) =>
    readPushReport(chunksOf(bytes), await advertising('report-status side-band-64k'), silent);

  it('is reported per ref, with the reason of each refusal', async () => {
    const seen = await read(report('unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b hook declined\n', null));

    expect(seen?.unpackError).toBeUndefined();
    expect([...(seen?.results ?? [])]).toEqual([
      ['refs/heads/a', undefined],
      ['refs/heads/b', 'hook declined'],
    ]);
  });

  it('whose pack was not taken is reported so', async () => {
    const seen = await read(report('unpack index-pack abnormal exit\n', 'ng refs/heads/a unpacker error\n', null));

    expect(seen?.unpackError).toBe('index-pack abnormal exit');
  });

  it.each([
    ['no report', packets(null), 'connection'],
    ['nothing', Buffer.alloc(0), 'connection'],
    ['another first line', report('hello\n', null), 'protocol'],
    ['a line of no kind', report('unpack ok\n', 'maybe refs/heads/a\n', null), 'protocol'],
    ['no end', report('unpack ok\n', 'ok refs/heads/a\n'), 'connection'],
  ])('with %s is an error', async (_what, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'GitError', code });
  });
});

it('no answer of any bytes makes a parser do anything but answer or throw its own error', async () => {
  const advertised = await advertising('report-status side-band-64k');
  const token = fc.constantFrom(
    '0000',
    '0004',
    '0008NAK\n',
    `0031ACK ${A}\n`,
    '000eunpack ok\n',
    '0009\u0001da',
    'ERR ',
    '00',
    'ffff',
    '\u0003',
    'ok refs/heads/a',
  );
  const answers = fc.array(fc.oneof(token, fc.string({ unit: 'binary-ascii', maxLength: 12 })), { maxLength: 8 });
  const parsers = [
    (bytes: Buffer) => readAdvertisement(readerOf(bytes), 'git-upload-pack'),
    (bytes: Buffer) => readAcknowledgements(readerOf(bytes)),
    (bytes: Buffer) => collect(readSideBand(readerOf(bytes), silent)),
    (bytes: Buffer) => readPushReport(chunksOf(bytes), advertised, silent),
  ];

  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom(...parsers), async (parts, parse) => {
      try {
        await parse(Buffer.from(parts.join(''), 'latin1'));
      } catch (error) {
        expect(error).toBeInstanceOf(GitError);
      }
    }),
    { numRuns: 4000 },
  );
});
