import { PktLineReader } from '../../../git/pkt-line/reader.ts';
import { type Advertisement, readAdvertisement, type Service } from '../../../git/protocol/advertisement.ts';
import { displayRef, isValidRefName, type RefName } from '../../../git/ref.ts';
import { selectHeads } from '../../../replication/heads.ts';
import { judge, judgeEqual, judgeText } from '../judge.ts';
import { encodePackets } from '../packets.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { A, B, LONG, readerOf, streamTarget } from './streams.ts';

const NAMES = [
  'HEAD',
  'refs/heads/m',
  'refs/heads/m^{}',
  'refs/tags/v1',
  'refs/tags/v1^{}',
  '.have',
  'capabilities^{}',
  'refs/heads/\xe6\x97\xa5',
  'refs/heads/a b',
  'refs/heads/a..b',
  'refs/heads/x.lock',
  'refs/heads/\u001b[2J',
  'refs/stash',
  'HEAD/x',
  '__proto__',
  '@',
];
const CAPABILITIES = [
  'report-status',
  'side-band-64k',
  'symref=HEAD:refs/heads/m',
  'symref=HEAD',
  'object-format=sha1',
  'object-format=sha256',
  'object-format=md5\u001b',
  'agent=git/2.39\u202e',
  '=',
  '__proto__=1',
];

function generate(service: Service, random: Random): Buffer {
  const oids = random.oneIn(8) ? [LONG] : [A, B, A, B, '0'.repeat(40), LONG.slice(0, 39)];
  const words = random.some(6, () => random.pick(CAPABILITIES)).join(' ');
  const lines = random.some(8, () => `${random.pick(random.oneIn(4) ? oids : oids.slice(0, 2))} ${random.pick(NAMES)}`);
  const shallow = random.oneIn(9) ? [`shallow ${A}\n`] : [];
  const start = random.oneIn(3) ? [] : [`# service=${service}\n`, null];
  const first = lines[0] ?? `${'0'.repeat(40)} capabilities^{}`;
  return encodePackets([
    ...start,
    `${first}\0${words}\n`,
    ...lines.slice(1),
    ...shallow,
    ...(random.oneIn(12) ? [] : [null]),
  ]);
}

const plain = ({ refs, head, headTarget, capabilities, objectFormat, shallow }: Advertisement) => ({
  refs: [...refs],
  head,
  headTarget,
  capabilities: capabilities.names.map((name) => [name, capabilities.all(name)]),
  objectFormat,
  shallow,
});

const advertisement = (service: Service): Target =>
  streamTarget({
    name: `advertisement-of-${service}`,
    files: [
      'git/protocol/advertisement.ts',
      'git/protocol/capabilities.ts',
      'git/pkt-line/reader.ts',
      'git/pkt-line/decode.ts',
    ],
    codes: ['protocol', 'connection', 'remote-error', 'too-large'],
    examples: [
      encodePackets([
        `# service=${service}\n`,
        null,
        `${A} HEAD\0x symref=HEAD:refs/heads/m\n`,
        `${B} refs/heads/m\n`,
        `shallow ${A}\n`,
        null,
      ]),
      encodePackets([`${'0'.repeat(40)} capabilities^{}\0report-status\n`, null]),
      encodePackets([`${LONG} refs/heads/m\0object-format=sha256\n`, null]),
      encodePackets(['version 1\n', `${A} refs/heads/m\0x\n`, null]),
      encodePackets(['ERR Repository not found\n']),
      Buffer.from('<!DOCTYPE html>'),
    ],
    words: [...NAMES, ...CAPABILITIES, 'version 2', 'shallow ', `# service=${service}`, '^{}'],
    generate: (random) => generate(service, random),
    read: async (chunks) => plain(await readAdvertisement(new PktLineReader(chunks), service)),
    async judgeValue(value, bytes) {
      judge('a list that is taken for whole ends with a flush', bytes.toString('latin1').endsWith('0000'), bytes);
      for (const [ref, oid] of value.refs) {
        judge(
          'a ref stands at an object',
          oid.length === (value.objectFormat === 'sha1' ? 40 : 64) && !/^0*$/.test(oid),
          oid,
        );
        judgeText(displayRef(ref), bytes.length * 8);
      }
      const { heads, invalid, ignored } = selectHeads(new Map(value.refs), ['*']);
      judge('every head that is replicated has a name that git takes', [...heads.keys()].every(isValidRefName), heads);
      const count = [...ignored.values()].reduce((sum, some) => sum + some, heads.size + invalid.size);
      judgeEqual('every ref is a head, ignored or invalid', count, value.refs.length);
      judgeEqual(
        'a list that is written again is the same',
        await readAgain(value.refs, value.objectFormat),
        value.refs,
      );
    },
  });

async function readAgain(refs: [RefName, string][], format: string): Promise<[RefName, string][]> {
  // The first line has the capabilities, after a NUL: only there, a name cannot have one.
  const first = `${format === 'sha1' ? A : LONG} HEAD\0object-format=${format}`;
  // Without the end of line, which a packet that is full has no room for; a name that ends as a line does needs its own.
  const lines = refs.map(([ref, oid]) => `${oid} ${ref}${ref.endsWith('\n') ? '\n' : ''}`);
  const bytes = encodePackets([first, ...lines, null]);
  return [...(await readAdvertisement(readerOf(bytes), 'git-upload-pack')).refs];
}

export const sourceAdvertisement = advertisement('git-upload-pack');
export const destinationAdvertisement = advertisement('git-receive-pack');
