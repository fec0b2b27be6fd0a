import { GitError, type GitErrorCode } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { type Advertisement, readAdvertisement } from '../../git/protocol/advertisement.ts';
import {
  isUnreachedWant,
  readAcknowledgements,
  readShallowCommits,
  readUploadAnswer,
} from '../../git/protocol/upload-answer.ts';
import { encodeUploadRequest } from '../../git/protocol/upload-request.ts';
import { collect, packets, readerOf, slicesOf } from '../support/stream.ts';

const A = 'a'.repeat(40) as Oid;
const B = 'b'.repeat(40) as Oid;
const LONG = 'c'.repeat(64) as Oid;
const silent = () => {};
const advertising = (words: string, oid = A): Promise<Advertisement> =>
  readAdvertisement(readerOf(packets(`${oid} refs/heads/main\0${words}\n`, null)), 'git-upload-pack');
const request = { wants: [A], haves: [], done: true, thin: true, ofsDelta: true };
const EVERYTHING =
  'multi_ack thin-pack side-band side-band-64k ofs-delta shallow no-progress include-tag multi_ack_detailed agent=git/2';

it('a request names what we understand of all that a server offers, and neither its agent nor the lesser side-band', async () => {
  expect(encodeUploadRequest(request, await advertising(EVERYTHING)).toString()).toBe(
    `0067want ${A} multi_ack_detailed side-band-64k thin-pack ofs-delta\n00000009done\n`,
  );
});

it('a request names the lesser side-band where there is no other', async () => {
  expect(encodeUploadRequest(request, await advertising('side-band')).toString()).toBe(
    `003cwant ${A} side-band\n00000009done\n`,
  );
});

it('a request for a pack that is whole and old-fashioned asks for neither thin packs nor offsets', async () => {
  const plain = { ...request, thin: false, ofsDelta: false };

  expect(encodeUploadRequest(plain, await advertising('thin-pack ofs-delta')).toString()).toBe(
    `0032want ${A}\n00000009done\n`,
  );
});

it('a request to a SHA-256 repository says so', async () => {
  const long = { ...request, wants: [LONG] };

  expect(encodeUploadRequest(long, await advertising('object-format=sha256', LONG)).toString()).toBe(
    `005fwant ${LONG} object-format=sha256\n00000009done\n`,
  );
});

it('a request for the commits at a depth says so, and shallow where the server offers it', async () => {
  const question = { ...request, wants: [A, B], haves: [B], done: false, thin: false, ofsDelta: false, depth: 21 };

  expect(encodeUploadRequest(question, await advertising('shallow')).toString()).toBe(
    `003awant ${A} shallow\n0032want ${B}\n000edeepen 21\n00000032have ${B}\n0000`,
  );
  expect(encodeUploadRequest(question, await advertising('')).toString()).toContain(`${A}\n0032want`);
  expect(encodeUploadRequest({ ...question, depth: undefined }, await advertising('shallow')).toString()).not.toContain(
    'shallow',
  );
});

it('the commits at a depth are those that are called shallow, up to the flush', async () => {
  const answer = packets(`shallow ${A}\n`, `unshallow ${B}\n`, `shallow ${LONG}\n`, null, `shallow ${B}\n`);

  expect(await readShallowCommits(readerOf(answer))).toEqual([A, LONG]);
  expect(await readShallowCommits(readerOf(packets(null)))).toEqual([]);
});

it.each([
  ['upper case', `shallow ${'A'.repeat(40)}`],
  ['39 digits', `shallow ${A.slice(1)}`],
  ['41 digits', `shallow ${A}a`],
  ['63 digits', `shallow ${LONG.slice(1)}`],
  ['65 digits', `shallow ${LONG}c`],
  ['a word before', `un shallow ${A}`],
  ['a word after', `shallow ${A} x`],
  ['another word', `deepen ${A}`],
  ['no word', A],
])('the commits at a depth are refused with %s', async (_what, line) => {
  await expect(readShallowCommits(readerOf(packets(line, null)))).rejects.toMatchObject({ code: 'protocol' });
});

it('the commits at a depth may not just end', async () => {
  await expect(readShallowCommits(readerOf(packets(`shallow ${A}\n`)))).rejects.toMatchObject({ code: 'connection' });
});

it('a last acknowledgement without a word counts, and ends them', async () => {
  const reader = readerOf(packets(`ACK ${B} common\n`, `ACK ${A}\n`, 'PACK'));

  expect([...(await readAcknowledgements(reader))]).toEqual([B, A]);
  expect(await reader.line('the pack')).toBe('PACK');
});

it.each([
  [null, 'got "a flush"'],
  ['HELLO', 'got "HELLO"'],
])('%j in place of an acknowledgement is shown', async (line, shown) => {
  await expect(readAcknowledgements(readerOf(packets(line)))).rejects.toThrow(`expected ACK or NAK, ${shown}`);
});

it.each<[GitErrorCode, string, boolean]>([
  ['remote-error', `the server said: upload-pack: not our ref ${A}`, true],
  ['remote-error', `the server said: want ${A} not valid`, true],
  ['remote-error', 'the server said: want x not valid', false],
  ['remote-error', 'the server said: want  not valid', false],
  ['remote-error', 'the server said: out of memory', false],
  ['connection', `not our ref ${A}`, false],
])('a server that ends in %s, "%s", has no ref that reaches what was wanted: %s', (code, message, expected) => {
  expect(isUnreachedWant(new GitError(code, message))).toBe(expected);
});

it('a request that wants nothing is not made', async () => {
  const nothing = { ...request, wants: [] };
  const advertised = await advertising('');

  expect(() => encodeUploadRequest(nothing, advertised)).toThrow('at least one want');
});

it('the acknowledgements know SHA-256 ids too', async () => {
  const reader = readerOf(packets(`ACK ${LONG} common\n`, 'NAK\n'));

  expect([...(await readAcknowledgements(reader))]).toEqual([LONG]);
});

it('the acknowledgements count nothing that is only called ready or continue', async () => {
  const reader = readerOf(packets(`ACK ${A} ready\n`, `ACK ${B} continue\n`, 'NAK\n'));

  expect([...(await readAcknowledgements(reader))]).toEqual([]);
});

it.each([
  ['upper case', `ACK ${'A'.repeat(40)}\n`],
  ['41 digits', `ACK ${'a'.repeat(41)}\n`],
  ['a space too many', `ACK  ${A}\n`],
  ['a letter before', `xACK ${A}\n`],
  ['a word too many', `ACK ${A} common ready\n`],
  ['NAK with a word', 'NAK now\n'],
])('the acknowledgements are refused with %s', async (_what, line) => {
  await expect(readAcknowledgements(readerOf(packets(line)))).rejects.toMatchObject({ code: 'protocol' });
});

it('an ERR in place of an acknowledgement is what the server said', async () => {
  const reader = readerOf(packets(`ERR upload-pack: not our ref ${A}\n`));

  await expect(readAcknowledgements(reader)).rejects.toMatchObject({
    code: 'remote-error',
    message: `the server said: upload-pack: not our ref ${A}`,
  });
});

it.each(['side-band', 'side-band-64k'])('the pack is taken out of a %s', async (band) => {
  const answer = packets('NAK\n', '\u0002Counting\n', '\u0001PACK', '\u0001rest', null);

  const { pack } = await readUploadAnswer(readerOf(answer), await advertising(band), silent);

  expect((await collect(pack)).toString()).toBe('PACKrest');
});

it.each([1, 2, 3, 50, 1000])(
  'the bare pack of a server without side-band follows the NAK, in chunks of %d',
  async (size) => {
    const answer = Buffer.concat([packets('NAK\n'), Buffer.from('PACK0000\u0001\u0002')]);
    const reader = new PktLineReader(slicesOf(answer, size));

    const { common, pack } = await readUploadAnswer(reader, await advertising(''), silent);

    expect([...common]).toEqual([]);
    expect((await collect(pack)).toString()).toBe('PACK0000\u0001\u0002');
  },
);

it('an error on band 3 comes after the data that stood before it, never instead of an end', async () => {
  const answer = packets('NAK\n', '\u0001PACK', '\u0003out of memory\u001b[2K\n', null);
  const { pack } = await readUploadAnswer(readerOf(answer), await advertising('side-band-64k'), silent);

  expect((await pack.next()).value?.toString()).toBe('PACK');
  await expect(pack.next()).rejects.toMatchObject({
    code: 'remote-error',
    message: 'the server gave up: out of memory\\u{1b}[2K',
  });
});
