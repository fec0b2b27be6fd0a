import { createHash } from 'node:crypto';
import type { Oid } from '../../git/oid.ts';
import { encodePktLine } from '../../git/pkt-line/encode.ts';
import { type Advertisement, readAdvertisement } from '../../git/protocol/advertisement.ts';
import { readPushReport } from '../../git/protocol/push-report.ts';
import { emptyPack, encodePushCommands, takesDeletes } from '../../git/protocol/push-request.ts';
import { type RefName, refFromText } from '../../git/ref.ts';
import { chunksOf, packets, readerOf, slicesOf } from '../support/stream.ts';

const A = 'a'.repeat(40) as Oid;
const B = 'b'.repeat(40) as Oid;
const LONG = 'c'.repeat(64) as Oid;
const silent = () => {};
const advertising = (words: string, oid = A): Promise<Advertisement> =>
  readAdvertisement(readerOf(packets(`${oid} refs/heads/main\0${words}\n`, null)), 'git-receive-pack');
const lines = (...texts: (string | null)[]) => packets(...texts).toString('latin1');
const banded = (...texts: (string | null)[]) => packets(`\u0001${lines(...texts)}`, null);

it('a command says where the ref must stand and where it goes, and only the first names capabilities', async () => {
  const commands = [
    { ref: refFromText('refs/heads/a'), old: A, new: B },
    { ref: refFromText('refs/heads/b'), old: undefined, new: B },
  ];
  const advertised = await advertising('report-status report-status-v2 side-band-64k atomic push-options agent=git/2');

  expect(encodePushCommands(commands, advertised).toString()).toBe(
    `007f${A} ${B} refs/heads/a\0 report-status side-band-64k` + `0062${'0'.repeat(40)} ${B} refs/heads/b0000`,
  );
});

it('a command to a SHA-256 repository has zeros of that length, and says the format', async () => {
  const commands = [{ ref: refFromText('refs/heads/a'), old: undefined, new: LONG }];
  const sent = encodePushCommands(commands, await advertising('object-format=sha256', LONG)).toString();

  expect(sent).toBe(`00a8${'0'.repeat(64)} ${LONG} refs/heads/a\0 object-format=sha2560000`);
});

it('a command carries the bytes of a name that is no UTF-8 unchanged', async () => {
  const ref = Buffer.from([...Buffer.from('refs/heads/'), 0xe4, 0xff]).toString('latin1') as RefName;
  const sent = encodePushCommands([{ ref, old: A, new: undefined }], await advertising(''));

  expect(sent.includes(Buffer.from([0x2f, 0xe4, 0xff, 0]))).toBe(true);
});

it('a server takes deletions only if it says so', async () => {
  expect(takesDeletes(await advertising('report-status delete-refs'))).toBe(true);
  expect(takesDeletes(await advertising('report-status'))).toBe(false);
});

it('the empty pack of a SHA-256 repository ends with a checksum of that kind', () => {
  const pack = emptyPack('sha256');

  expect(pack).toHaveLength(44);
  expect(pack.subarray(12)).toEqual(createHash('sha256').update(pack.subarray(0, 12)).digest());
});

it('a server without report-status says nothing, and its answer is read to the end', async () => {
  let ended = false;
  async function* body() {
    yield Buffer.from('anything');
    ended = true;
  }

  expect(await readPushReport(body(), await advertising('side-band-64k'), silent)).toBeUndefined();
  expect(ended).toBe(true);
});

it('a report without side-band is read too', async () => {
  const body = chunksOf(lines('unpack ok\n', 'ng refs/heads/a\n', null));

  const report = await readPushReport(body, await advertising('report-status'), silent);

  expect([...(report?.results ?? [])]).toEqual([['refs/heads/a', 'no reason given']]);
});

it('a report may be cut into packets and chunks anywhere, with words for people between', async () => {
  const inner = lines('unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b failed to update ref\n', null);
  const advertised = await advertising('report-status side-band-64k');
  for (let at = 1; at < inner.length; at++) {
    const body = packets(`\u0001${inner.slice(0, at)}`, '\u0002resolving\n', `\u0001${inner.slice(at)}`, null);
    const said: string[] = [];
    const report = await readPushReport(slicesOf(body, 1 + (at % 5)), advertised, (text) => said.push(text));

    expect({ at, said, results: [...(report?.results ?? [])] }).toEqual({
      at,
      said: ['resolving\n'],
      results: [
        ['refs/heads/a', undefined],
        ['refs/heads/b', 'failed to update ref'],
      ],
    });
  }
});

it('a reason is shown harmlessly', async () => {
  const body = chunksOf(banded('unpack ok\n', 'ng refs/heads/a no\u001b[2Kok\n', null));

  const report = await readPushReport(body, await advertising('report-status side-band-64k'), silent);

  expect(report?.results.get(refFromText('refs/heads/a'))).toBe('no\\u{1b}[2Kok');
});

it.each<[string, Buffer, string]>([
  ['band 3', packets('\u0003pre-receive hook crashed\n'), 'remote-error'],
  ['band 3 after half of the report', packets(`\u0001${lines('unpack ok\n')}`, '\u0003gone\n'), 'remote-error'],
  ['an unknown band', packets('\u0004x', null), 'protocol'],
  ['an ERR within the report', banded('ERR read-only\n', null), 'remote-error'],
  ['a report without the result of the pack', banded('ok refs/heads/a\n', null), 'protocol'],
  ['an empty report', banded(null), 'protocol'],
  ['"ok" of no ref', banded('unpack ok\n', 'ok\n', null), 'protocol'],
  ['"ng" of no ref', banded('unpack ok\n', 'ng \n', null), 'protocol'],
  ['an empty line', banded('unpack ok\n', '', null), 'protocol'],
  ['a report without its flush', banded('unpack ok\n'), 'connection'],
  ['an HTML page', Buffer.from('<html>'), 'protocol'],
])('%s in place of a report is an error', async (_what, bytes, code) => {
  const reading = readPushReport(chunksOf(bytes), await advertising('report-status side-band-64k'), silent);

  await expect(reading).rejects.toMatchObject({ name: 'GitError', code });
});

it('every cut of a report is an error, never a shorter report', async () => {
  const whole = banded('unpack ok\n', 'ok refs/heads/a\n', 'ok refs/heads/b\n', null);
  const advertised = await advertising('report-status side-band-64k');
  // The outer flush says nothing more about any ref.
  for (let length = 0; length < whole.length - 4; length++) {
    const reading = readPushReport(chunksOf(whole.subarray(0, length)), advertised, silent);
    await expect(reading).rejects.toMatchObject({ code: 'connection' });
  }
});

/** A report of so many bytes of which each line is as long as a packet can be. */
async function* longReport(bytes: number) {
  const begin = packets('unpack ok\n');
  const line = (length: number) => encodePktLine(`ng refs/heads/a ${'x'.repeat(length - 20)}`);
  const sent = (packet: Buffer) => encodePktLine(Buffer.concat([Buffer.from([1]), packet]));
  let left = bytes - begin.length - 4;
  yield sent(begin);
  for (; left > 60_000; left -= 30_000) yield sent(line(30_000));
  yield sent(line(left));
  yield sent(Buffer.from('0000'));
  yield Buffer.from('0000');
}

it('a report of 16 MiB is read, and one that goes on is given up', async () => {
  const advertised = await advertising('report-status side-band-64k');
  const reading = (bytes: number) => readPushReport(longReport(bytes), advertised, silent);

  expect((await reading(16 * 1024 * 1024))?.results.size).toBe(1);
  await expect(reading(16 * 1024 * 1024 + 1)).rejects.toMatchObject({ code: 'too-large' });
});

it('the first word of the server that something is wrong is kept, harmlessly, and people hear all of it', async () => {
  const said: string[] = [];
  const body = packets(
    '\u0002remote: checking\n',
    '\u0002remote: fatal: pack exceeds\u001b maximum\rallowed size\n',
    '\u0002error: and more\n',
    `\u0001${lines('unpack index-pack failed\n', null)}`,
    null,
  );

  const report = await readPushReport(chunksOf(body), await advertising('report-status side-band-64k'), (text) =>
    said.push(text),
  );

  expect(report).toEqual({
    unpackError: 'index-pack failed',
    results: new Map(),
    fatal: 'fatal: pack exceeds\\u{1b} maximum',
  });
  expect(said).toHaveLength(3);
});

it('a report with nothing wrong in it has no word of that', async () => {
  const body = packets('\u0002error: \n', '\u0002an error occurred\n', `\u0001${lines('unpack ok\n', null)}`, null);

  const report = await readPushReport(chunksOf(body), await advertising('report-status side-band-64k'), silent);

  expect(report).toStrictEqual({ unpackError: undefined, results: new Map() });
});

it('a reason is read as UTF-8, and without the space around it', async () => {
  const reason = Buffer.from('ng refs/heads/a  größer als erlaubt \n').toString('latin1');
  const body = chunksOf(banded('unpack ok \n', reason, null));

  const report = await readPushReport(body, await advertising('report-status side-band-64k'), silent);

  expect(report?.results.get(refFromText('refs/heads/a'))).toBe('größer als erlaubt');
  expect(report?.unpackError).toBeUndefined();
});

it.each([
  ['ok refs/heads/a\n', 'expected "unpack …", got "ok refs/heads/a"'],
  [null, 'expected "unpack …", got "nothing"'],
])('a report that begins with %j is shown', async (line, message) => {
  const reading = readPushReport(chunksOf(banded(line)), await advertising('report-status side-band-64k'), silent);

  await expect(reading).rejects.toMatchObject({ message });
});
