import { REF_CHARS_MAX, REFS_MAX, readAdvertisement } from '../../git/protocol/advertisement.ts';
import { packets, readerOf } from '../support/stream.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const CODECOMMIT =
  'multi_ack_detailed shallow side-band-64k thin-pack allow-tip-sha1-in-want allow-reachable-sha1-in-want';
const read = (...lines: (string | null)[]) => readAdvertisement(readerOf(packets(...lines)), 'git-upload-pack');

it('reads what CodeCommit sends, of which HEAD names no branch', async () => {
  const seen = await read(
    '# service=git-upload-pack\n',
    null,
    `${A} HEAD\0${CODECOMMIT}\n`,
    `${A} refs/heads/main\n`,
    null,
  );

  expect([...seen.refs]).toEqual([['refs/heads/main', A]]);
  expect(seen).toMatchObject({ head: A, headTarget: undefined, objectFormat: 'sha1', shallow: false });
  expect(seen.capabilities.names).toEqual(CODECOMMIT.split(' '));
});

it('takes peeled values, other repositories and HEAD for no refs', async () => {
  const seen = await read(
    `${A} HEAD\0symref=HEAD:refs/heads/x agent=git/2\n`,
    `${B} refs/tags/v\n`,
    `${A} refs/tags/v^{}\n`,
    `${A} .have\n`,
    null,
  );

  expect([...seen.refs]).toEqual([['refs/tags/v', B]]);
  expect(seen.headTarget).toBe('refs/heads/x');
});

it('reads an empty repository of either service', async () => {
  const upload = await read('# service=git-upload-pack\n', null, null);
  const receive = await read(`${'0'.repeat(40)} capabilities^{}\0report-status delete-refs\n`, null);

  expect(upload.refs.size).toBe(0);
  expect(receive.refs.size).toBe(0);
  expect(receive.capabilities.has('report-status')).toBe(true);
});

it('notices a shallow repository and a SHA-256 one', async () => {
  const long = 'c'.repeat(64);
  const shallow = await read(`${A} refs/heads/m\0x\n`, `shallow ${A}\n`, null);
  const sha256 = await read(`${long} refs/heads/m\0object-format=sha256\n`, null);

  expect(shallow.shallow).toBe(true);
  expect(sha256.objectFormat).toBe('sha256');
});

it('chooses only capabilities that were offered', async () => {
  const { capabilities } = await read(`${A} HEAD\0${CODECOMMIT}\n`, null);

  expect(capabilities.choose('agent=x', 'side-band-64k', 'ofs-delta', 'thin-pack')).toEqual([
    'side-band-64k',
    'thin-pack',
  ]);
});

it('reads a list without capabilities, whole', async () => {
  const seen = await read(`${A} refs/heads/m\n`, `${B} refs/heads/n\n`, null);

  expect([...seen.refs.keys()]).toEqual(['refs/heads/m', 'refs/heads/n']);
  expect(seen.capabilities.names).toEqual([]);
  expect((await read('# service=git-upload-pack\n', null, null)).capabilities.names).toEqual([]);
});

it.each([`${'0'.repeat(39)}1`, `1${'0'.repeat(39)}`])('takes %s for an id', async (id) => {
  expect([...(await read(`${id} refs/heads/m\0x\n`, null)).refs.values()]).toEqual([id]);
});

it('finds what HEAD names among other symbolic refs', async () => {
  const words = 'symref=refs/remotes/o/HEAD:refs/remotes/o/main symref=HEAD:refs/heads/x';

  expect((await read(`${A} HEAD\0${words}\n`, null)).headTarget).toBe('refs/heads/x');
});

it('tells words from values, however many spaces are between', async () => {
  const { capabilities } = await read(`${A} HEAD\0 thin-pack  agent=git/2=x  symref=a symref=b \n`, null);

  expect(capabilities.names).toEqual(['thin-pack', 'agent', 'symref']);
  expect(['thin-pack', 'agent', 'symref', 'none'].map((name) => capabilities.all(name))).toEqual([
    [],
    ['git/2=x'],
    ['a', 'b'],
    [],
  ]);
});

it('reads as many refs as memory holds, and refuses one more', async () => {
  const line = (n: number) => packets(`${A} refs/heads/${String(n).padStart(6, '0')}\n`).toString();
  const [before] = line(0).split('000000') as [string];
  const refs = (count: number) =>
    Buffer.from(`${Array.from({ length: count }, (_, n) => `${before}${String(n).padStart(6, '0')}\n`).join('')}0000`);
  const reading = (count: number) => readAdvertisement(readerOf(refs(count)), 'git-upload-pack');

  expect((await reading(REFS_MAX)).refs.size).toBe(200_000);
  await expect(reading(REFS_MAX + 1)).rejects.toMatchObject({ code: 'too-large' });
});

it('holds names that are long, and refuses those that no memory would hold', async () => {
  const [count, chars] = [400, REF_CHARS_MAX / 400];
  const names = Array.from({ length: count }, (_, n) => String(n).padStart(chars - 40, 'x'));
  const reading = (some: readonly string[]) =>
    readAdvertisement(readerOf(packets(...some.map((name) => `${A} ${name}`), null)), 'git-upload-pack');

  expect((await reading(names)).refs.size).toBe(count);
  await expect(reading([...names, 'y'])).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringContaining('more than 24 MB of names'),
  });
});

it.each([
  ['<000', 'got "<000"'],
  ['0<00', 'got "0<00"'],
  ['000<', 'got "000<"'],
  ['', 'got nothing'],
])('says of %j that it is not a git server’s', async (start, shown) => {
  const reading = readAdvertisement(readerOf(start), 'git-upload-pack');

  await expect(reading).rejects.toThrow(`expected the refs of a git server, ${shown}`);
});

it.each([
  ['version 2\n', 'the server speaks "version 2", which we did not ask for'],
  ['version 1 refs\n', 'the server speaks "version 1 refs", which we did not ask for'],
  ['version v1\n', 'not a ref advertisement: "version v1"'],
  ['revision 2\n', 'not a ref advertisement: "revision 2"'],
])('says what is wrong with a list that begins with %j', async (line, message) => {
  await expect(read(line, null)).rejects.toMatchObject({ message });
});

it('says what is missing where a server ends after naming its service', async () => {
  const reading = read('# service=git-upload-pack\n', null);

  await expect(reading).rejects.toMatchObject({ message: 'the answer ended early: expected the refs' });
});

const head = `${A} refs/heads/m\0x\n`;
it.each<[string, string | Buffer, string]>([
  ['an HTML page', '<html><body>login</body></html>', 'protocol'],
  ['nothing at all', '', 'protocol'],
  ['the end of a list without its beginning', packets(null), 'protocol'],
  ['no closing flush', packets(head), 'connection'],
  ['a cut line', packets(head).subarray(0, 30), 'connection'],
  ['a cut length', Buffer.concat([packets(head), Buffer.from('00')]), 'connection'],
  ['an error', packets('ERR repository is being moved\n'), 'remote-error'],
  ['an error after refs', packets(head, 'ERR gone\n', null), 'remote-error'],
  ['bytes after the end', packets(head, null, head), 'protocol'],
  ['a second list', packets(head, null, null), 'protocol'],
  ['the same ref twice', packets(head, `${B} refs/heads/m\n`, null), 'protocol'],
  ['an id that is none', packets('xyz refs/heads/m\0x\n', null), 'protocol'],
  ['a line without a name', packets(`${A}\0x\n`, null), 'protocol'],
  ['ids of another format', packets(`${'c'.repeat(64)} refs/heads/m\0x\n`, null), 'protocol'],
  ['an unknown format', packets(`${A} refs/heads/m\0object-format=md5\n`, null), 'protocol'],
  ['a ref that stands at no object', packets(`${'0'.repeat(40)} refs/heads/m\0x\n`, null), 'protocol'],
  ['a line that only says flush', packets(head, 'flush\n', null), 'protocol'],
  ['protocol version 2', packets('version 2\n', null), 'protocol'],
  ['the service line of no flush', packets('# service=git-upload-pack\n', head, null), 'protocol'],
])('takes %s for an error, never for a shorter list', async (_what, bytes, code) => {
  await expect(readAdvertisement(readerOf(bytes), 'git-upload-pack')).rejects.toMatchObject({ name: 'GitError', code });
});
