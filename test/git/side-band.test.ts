import { encodePktLine } from '../../git/pkt-line/encode.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { checkedPack } from '../../git/protocol/pack-check.ts';
import { emptyPack } from '../../git/protocol/push-request.ts';
import { readSideBand } from '../../git/protocol/side-band.ts';
import { chunksOf, collect, packets, readerOf, slicesOf } from '../support/stream.ts';

const silent = () => {};

/** What came through, and how it ended. */
async function outcome(chunks: AsyncIterable<Buffer>): Promise<{ data: string; code: string | undefined }> {
  const parts: Buffer[] = [];
  try {
    for await (const piece of chunks) parts.push(Buffer.from(piece));
    return { data: Buffer.concat(parts).toString('latin1'), code: undefined };
  } catch (error) {
    return { data: Buffer.concat(parts).toString('latin1'), code: (error as { code?: string }).code };
  }
}

it('carries the largest packet that there can be', async () => {
  const data = Buffer.alloc(65_515, 'x');
  const stream = Buffer.concat([encodePktLine(Buffer.concat([Buffer.from([1]), data])), Buffer.from('0000')]);

  expect(stream.toString('latin1', 0, 5)).toBe('fff0\u0001');
  expect((await collect(readSideBand(readerOf(stream), silent))).equals(data)).toBe(true);
});

it('gives data as it comes, without waiting for the end of its packet', async () => {
  const pieces = readSideBand(readerOf('000b\u0001ab', 'cde', 'f', '0000'), silent);

  const seen = [await pieces.next(), await pieces.next(), await pieces.next()].map(({ value }) => value?.toString());

  expect(seen).toEqual(['ab', 'cde', 'f']);
  expect((await pieces.next()).done).toBe(true);
});

it('gives no data for keep-alives: empty band 1 and band 2', async () => {
  const said: string[] = [];
  const stream = packets('\u0001', '\u0002', '\u0001PACK', '\u0001', null);

  const pieces: string[] = [];
  for await (const piece of readSideBand(readerOf(stream), (text) => said.push(text))) pieces.push(piece.toString());

  expect(pieces).toEqual(['PACK']);
  expect(said).toEqual(['']);
});

it('joins a text for people that comes in several chunks', async () => {
  const said: string[] = [];
  const text = encodePktLine(Buffer.concat([Buffer.from([2]), Buffer.from('Zählen: 100\r')]));
  const reader = new PktLineReader(slicesOf(Buffer.concat([text, Buffer.from('0000')]), 1));

  await collect(readSideBand(reader, (words) => said.push(words)));

  expect(said).toEqual(['Zählen: 100\r']);
});

it('every cut is an error after the data that came, never an end', async () => {
  const stream = packets('\u0001one', '\u0002two', '\u0001three', null);
  const wrong: unknown[] = [];
  for (let length = 0; length < stream.length; length++) {
    const seen = await outcome(readSideBand(readerOf(stream.subarray(0, length)), silent));
    if (seen.code !== 'connection' || !'onethree'.startsWith(seen.data)) wrong.push({ length, ...seen });
  }

  expect(wrong).toEqual([]);
});

it('a pack that is cut within a well-formed stream never gets its last bytes', async () => {
  const pack = emptyPack('sha1');
  const seen = [];
  for (let length = 0; length < pack.length; length++) {
    const stream = packets(`\u0001${pack.toString('latin1', 0, length)}`, null);
    seen.push(await outcome(checkedPack(readSideBand(readerOf(stream), silent), 'sha1', silent)));
  }

  expect(seen).toEqual(seen.map(() => ({ data: '', code: 'corrupt' })));
});

it.each([
  ['band 0', '\u0000x', 'protocol'],
  ['band 4', '\u0004x', 'protocol'],
  ['band 255', '\u00ffx', 'protocol'],
  ['a text that only begins like an ERR', 'Exx', 'protocol'],
  ['bytes that are an ERR only without their highest bit', 'E\u00d2\u00d2\u00a0x', 'protocol'],
  ['a source that calls itself corrupt in capitals', '\u0003Corrupt loose object', 'corrupt'],
  ['band 3 without a text', '\u0003', 'remote-error'],
])('gives what came before %s, and then an error', async (_what, packet, code) => {
  const stream = packets('\u0001before', packet, '\u0001after', null);

  expect(await outcome(readSideBand(readerOf(stream), silent))).toEqual({ data: 'before', code });
});

it.each(['0001', '0002', '0003', 'fff1', '00g0', '<htm'])('a length of %s is an error', async (length) => {
  const chunks = chunksOf(packets('\u0001before'), `${length}xxxxxxxx0000`);

  expect(await outcome(readSideBand(new PktLineReader(chunks), silent))).toEqual({ data: 'before', code: 'protocol' });
});

it('shows a server’s last words in one harmless line of bounded length', async () => {
  const stream = packets(`\u0003fatal:\n\u001b[2J${'x'.repeat(5000)}\n`);

  const message = await collect(readSideBand(readerOf(stream), silent)).catch((error: Error) => error.message);

  expect(message).toMatch(/^the server gave up: fatal:\\u\{a\}\\u\{1b\}\[2Jx{100,200}…$/);
});

it.each([
  ['\u0003größe ', 'the server gave up: größe'],
  ['ERR größe \n', 'the server said: größe'],
])('reads a server’s last words as UTF-8: %j', async (packet, message) => {
  const stream = packets(Buffer.from(packet).toString('latin1'));

  await expect(collect(readSideBand(readerOf(stream), silent))).rejects.toMatchObject({ message });
});
