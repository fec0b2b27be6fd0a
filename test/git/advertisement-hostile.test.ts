import { PktLineReader } from '../../git/pkt-line/reader.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import { readAdvertisement } from '../../git/protocol/advertisement.ts';
import { chunksOf, packets, readerOf, slicesOf } from '../support/stream.ts';

const [A, B, LONG] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(64)];
const head = `${A} refs/heads/m\0x\n`;
const service = packets('# service=git-upload-pack\n', null);
const whole = Buffer.concat([service, packets(head, `${B} refs/heads/n\n`, null)]);

const read = (bytes: Buffer): Promise<Advertisement> => readAdvertisement(readerOf(bytes), 'git-upload-pack');
const plain = (seen: Advertisement) => [...seen.refs];
const EXPECTED = [
  ['refs/heads/m', A],
  ['refs/heads/n', B],
];

it('reads a list byte for byte as CodeCommit was captured sending it', async () => {
  const first = `${A} HEAD\0multi_ack_detailed shallow side-band-64k thin-pack allow-tip-sha1-in-want allow-reachable-sha1-in-want\n`;
  const bytes = Buffer.from(`001e# service=git-upload-pack\n00000099${first}003d${A} refs/heads/main\n0000`, 'latin1');

  const seen = await read(bytes);

  expect(plain(seen)).toEqual([['refs/heads/main', A]]);
  expect(seen.head).toBe(A);
  expect(seen.capabilities.choose('agent=x', 'no-done', 'ofs-delta', 'include-tag', 'no-progress')).toEqual([]);
});

it.each([1, 2, 3, 4, 5, 7, 64])('reads the same list in chunks of %d bytes', async (size) => {
  const reader = new PktLineReader(slicesOf(whole, size));

  expect(plain(await readAdvertisement(reader, 'git-upload-pack'))).toEqual(EXPECTED);
});

it('reads a list among empty chunks', async () => {
  const empty = Buffer.alloc(0);
  const chunks = chunksOf(empty, whole.subarray(0, 10), empty, empty, whole.subarray(10), empty);

  expect(plain(await readAdvertisement(new PktLineReader(chunks), 'git-upload-pack'))).toEqual(EXPECTED);
});

it('takes a list that is cut for a broken connection, wherever that is', async () => {
  const outcomes: string[] = [];
  for (let length = 1; length < whole.length; length++) {
    // Cut at a chunk's end and inside one.
    for (const chunks of [slicesOf(whole.subarray(0, length), length), slicesOf(whole.subarray(0, length), 3)]) {
      const outcome = await readAdvertisement(new PktLineReader(chunks), 'git-upload-pack').then(
        () => 'complete',
        (error: { code: string }) => error.code,
      );
      if (outcome !== 'connection') outcomes.push(`${outcome} at ${length}`);
    }
  }

  expect(outcomes).toEqual([]);
});

it('keeps names of a single level and names that git would not allow: who plans refuses them', async () => {
  const names = ['refs/stash', 'refs/heads/../x', 'refs/heads/a b', 'refs/heads/x.lock', 'refs/heads/\u001b[2J'];

  const seen = await read(packets(...names.map((name, index) => `${A} ${name}${index ? '' : '\0x'}\n`), null));

  expect([...seen.refs.keys()]).toEqual(names);
});

it('keeps names byte for byte', async () => {
  const name = Buffer.from([...Buffer.from('refs/heads/'), 0xe4, 0xff, 0x80]).toString('latin1');

  expect([...(await read(packets(`${A} ${name}\0x\n`, null))).refs.keys()]).toEqual([name]);
});

it('reads an empty repository of a receive-pack that names its format', async () => {
  const zero = '0'.repeat(64);

  const seen = await readAdvertisement(
    readerOf(packets(`${zero} capabilities^{}\0report-status object-format=sha256\n`, null)),
    'git-receive-pack',
  );

  expect(seen).toMatchObject({ refs: new Map(), head: undefined, objectFormat: 'sha256', shallow: false });
});

it('notices that an empty repository is shallow', async () => {
  const seen = await read(packets(`${'0'.repeat(40)} capabilities^{}\0x\n`, `shallow ${A}\n`, null));

  expect(seen).toMatchObject({ refs: new Map(), shallow: true });
});

it.each<[string, string | Buffer, string]>([
  ['a special packet 0001', `${packets(head)}00010000`, 'protocol'],
  ['a special packet 0002', `${packets(head)}00020000`, 'protocol'],
  ['a special packet 0003', `${packets(head)}00030000`, 'protocol'],
  ['an empty packet', `${packets(head)}00040000`, 'protocol'],
  ['a length with a letter that is no digit', `${packets(head)}00g0x`, 'protocol'],
  ['a length with a sign', `${packets(head)}+010xxxxxxxxxxxxxx`, 'protocol'],
  ['a length over 65520', `${packets(head)}fff1${'x'.repeat(70_000)}`, 'protocol'],
  ['the longest length that there is', `${packets(head)}ffff${'x'.repeat(70_000)}`, 'protocol'],
  ['a page that comes after a good beginning', Buffer.concat([service, Buffer.from('<html></html>')]), 'protocol'],
  ['another service', packets('# service=git-receive-pack\n', null, head, null), 'protocol'],
  ['a service line without its list', service, 'connection'],
  ['an ERR where the service line stands', packets('ERR no such repository\n'), 'remote-error'],
  ['an ERR after the service line', Buffer.concat([service, packets('ERR busy')]), 'remote-error'],
  ['an upper-case id', packets(`${A.toUpperCase()} refs/heads/m\0x\n`, null), 'protocol'],
  ['an id of 39 digits', packets(`${A.slice(1)} refs/heads/m\0x\n`, null), 'protocol'],
  ['an id of 41 digits', packets(`${A}a refs/heads/m\0x\n`, null), 'protocol'],
  ['an id and nothing else', packets(`${A}\n`, null), 'protocol'],
  ['an empty name', packets(`${A} \0x\n`, null), 'protocol'],
  [
    'a SHA-1 id among SHA-256 ones',
    packets(`${LONG} refs/heads/a\0object-format=sha256\n`, `${A} refs/heads/b\n`, null),
    'protocol',
  ],
  ['a SHA-256 id that is announced as SHA-1', packets(`${LONG} refs/heads/a\0object-format=sha1\n`, null), 'protocol'],
  ['half a packet after the end', Buffer.concat([packets(head, null), Buffer.from('00')]), 'connection'],
  ['a page after the end', Buffer.concat([packets(head, null), Buffer.from('<html></html>')]), 'protocol'],
  ['a packet that only says "flush"', packets(head, 'flush\n'), 'protocol'],
  [
    'a packet "flush" in the place of the service line’s flush',
    packets('# service=git-upload-pack\n', 'flush', head, null),
    'protocol',
  ],
])('takes %s for an error, never for a shorter list', async (_what, bytes, code) => {
  const outcome = readAdvertisement(readerOf(bytes), 'git-upload-pack');

  await expect(outcome).rejects.toMatchObject({ name: 'GitError', code });
});

it('shows at most a little of a page, and harmlessly', async () => {
  const page = Buffer.from(`<html>\u001b[2J\n${'x'.repeat(5000)}`);

  const message = await read(page).catch((error: Error) => error.message);

  expect(message).toBe(`expected the refs of a git server, got "<html>\\u{1b}[2J\\u{a}${'x'.repeat(180)}…"`);
});
