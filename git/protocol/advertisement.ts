import { GitError } from '../errors.ts';
import { isOid, type ObjectFormat, type Oid } from '../oid.ts';
import type { PktLineReader } from '../pkt-line/reader.ts';
import { printable, type RefName } from '../ref.ts';
import { Capabilities } from './capabilities.ts';
import { sharedStrings } from './shared-strings.ts';

export type Service = 'git-upload-pack' | 'git-receive-pack';

/** One complete reading of a repository's refs, as its server advertised them (protocol v0). */
export interface Advertisement {
  /** Every ref but `HEAD` and what is no ref (`.have`, peeled values), in the server's order. */
  refs: Map<RefName, Oid>;
  /** What `HEAD` resolves to; absent in an empty repository, and from receive-pack. */
  head: Oid | undefined;
  /** The branch that `HEAD` names, where the server says it (`symref=HEAD:…`; CodeCommit does not). */
  headTarget: RefName | undefined;
  capabilities: Capabilities;
  objectFormat: ObjectFormat;
  /** True where the repository lacks part of its history: it cannot be a source. */
  shallow: boolean;
}

type Coming = ReturnType<PktLineReader['words']>;

/** More refs than this are refused: two lists of so many, and a third to confirm, are what 256 MiB of memory hold. */
export const REFS_MAX = 200_000;
/** Their names and ids may have so many characters together: with the most refs, 80 for a name. */
export const REF_CHARS_MAX = 24_000_000;

/**
 * Reads an advertisement to its closing flush; one that ends before is an error, never a shorter list.
 *
 * @param like an earlier reading that is probably much the same: what is equal is kept in memory once
 */
export async function readAdvertisement(
  reader: PktLineReader,
  service: Service,
  like: ReadonlyMap<RefName, Oid> = new Map(),
): Promise<Advertisement> {
  const start = await reader.peek();
  if (!/^[0-9a-fA-F]+$/.test(start.slice(0, 4))) {
    const seen = start === '' ? 'nothing' : `"${printable(start)}"`;
    throw new GitError('protocol', `expected the refs of a git server, got ${seen}`);
  }

  let line = await reader.words('the refs');
  const isAnnounced = line?.first === '#';
  if (line?.first === '#' && line.rest === `service=${service}`) {
    if ((await reader.line('the flush after the service line')) !== null) {
      throw new GitError('protocol', 'the service line is not followed by a flush');
    }
    line = await reader.words('the refs');
  }
  if (line?.first === 'version' && /^\d/.test(line.rest))
    throw new GitError('protocol', `the server speaks "version ${printable(line.rest)}", which we did not ask for`);

  const refs = new Map<RefName, Oid>();
  const shared = sharedStrings(like);
  let chars = 0;
  let capabilities: Capabilities | undefined;
  let head: Oid | undefined;
  let shallow = false;
  for (let coming: Coming = line; ; coming = reader.words('the rest of the refs')) {
    // Most lines have come already.
    const entry = coming instanceof Promise ? await coming : coming;
    if (entry === null) break;
    const oid = entry.first;
    let name = entry.rest;
    if (capabilities === undefined) {
      const nul = name.indexOf('\0');
      capabilities = new Capabilities(nul < 0 ? '' : name.slice(nul + 1));
      if (nul >= 0) name = name.slice(0, nul);
    }
    if (oid === 'shallow') {
      shallow = true;
      continue;
    }
    if (!isOid(oid) || name === '')
      throw new GitError('protocol', `not a ref advertisement: "${printable(`${oid} ${name}`)}"`);
    // Pushed on, an id of zeros would delete the ref.
    if (name !== 'capabilities^{}' && oid.startsWith('0') && /^0+$/.test(oid)) {
      throw new GitError('protocol', `the ref "${printable(name)}" stands at no object`);
    }
    if (name === 'HEAD') head = oid;
    if (name === 'HEAD' || name === '.have' || name.endsWith('^{}')) continue;
    if (refs.has(name as RefName)) throw new GitError('protocol', `the ref "${printable(name)}" is advertised twice`);
    if (refs.size >= REFS_MAX)
      throw new GitError('too-large', `more than ${REFS_MAX} refs: that is the most that is held in memory`);
    chars += name.length + oid.length;
    if (chars > REF_CHARS_MAX)
      throw new GitError(
        'too-large',
        `refs of more than ${REF_CHARS_MAX / 1e6} MB of names and ids: that is the most that is held in memory`,
      );
    refs.set(...shared(name as RefName, oid));
  }
  await expectEnd(reader);
  // An empty list is so much that it has to be said by a server that knows what it was asked for.
  if (capabilities === undefined && !isAnnounced)
    throw new GitError('protocol', 'expected the refs of a git server, got the end of a list without its beginning');

  capabilities ??= new Capabilities('');
  const target = capabilities.all('symref').find((value) => value.startsWith('HEAD:'));
  return {
    refs,
    head,
    headTarget: target?.slice('HEAD:'.length) as RefName | undefined,
    capabilities,
    objectFormat: formatFrom(capabilities, refs),
    shallow,
  };
}

async function expectEnd(reader: PktLineReader): Promise<void> {
  if ((await reader.next()) !== undefined) throw new GitError('protocol', 'bytes after the end of the refs');
}

function formatFrom(capabilities: Capabilities, refs: Map<RefName, Oid>): ObjectFormat {
  const [named = 'sha1'] = capabilities.all('object-format');
  if (named !== 'sha1' && named !== 'sha256') {
    throw new GitError('protocol', `unknown object format "${printable(named)}"`);
  }
  const digits = named === 'sha1' ? 40 : 64;
  for (const oid of refs.values()) {
    if (oid.length !== digits)
      throw new GitError('protocol', `an object id of ${oid.length} digits in a ${named} repository`);
  }
  return named;
}
