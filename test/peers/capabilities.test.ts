import { fsck, removeFolders } from '../support/repository.ts';
import { randomNumbers, seed } from '../support/seed.ts';
import { type Change, mixedChange, refsIn } from './change.ts';
import { inParallel } from './in-parallel.ts';
import { ALL, canRun, Peer, type PeerName, relayBetween, whyWithoutJGit } from './peer.ts';
import { Reduced } from './reduced.ts';

/** Of a destination, and those of them that mean something to a source. */
const OPTIONAL = ['side-band-64k', 'ofs-delta', 'thin-pack', 'report-status', 'delete-refs', 'atomic'];
const OF_SOURCES = ['side-band-64k', 'ofs-delta', 'thin-pack'];

/** Where not all combinations are tried, so many are. */
const SAMPLE = 12;

const subsets = (words: readonly string[]): string[][] =>
  Array.from({ length: 2 ** words.length }, (_, bits) => words.filter((_, n) => bits & (1 << n)));

interface Lacking {
  source: string[];
  destination: string[];
}

/** Whatever a source lacks with whatever a destination lacks. */
const lacking: Lacking[] = subsets(OPTIONAL).flatMap((destination) =>
  subsets(OF_SOURCES).map((source) => ({ source, destination })),
);

/** Of many combinations some by chance, and always the first and the last: nothing lacks, and everything. */
function sample(combinations: readonly Lacking[], size: number): Lacking[] {
  const random = randomNumbers(seed);
  const left = combinations.slice(1, -1);
  const some = Array.from({ length: size - 2 }, () => left.splice(random(left.length), 1)).flat();
  return [...combinations.slice(0, 1), ...some, ...combinations.slice(-1)];
}
const which = ALL ? lacking : sample(lacking, SAMPLE);

afterAll(removeFolders);

describe.each<PeerName>(['git', 'codecommit', 'JGit'])('%s on both sides', (name) => {
  const runs = canRun(name);
  const test = runs ? it : it.skip;
  const note = runs ? ` (seed ${seed})` : ` (skipped: ${whyWithoutJGit})`;
  let peer: Peer;
  let change: Change;
  if (runs) {
    beforeAll(async () => {
      peer = await Peer.start(name);
      change = await mixedChange(peer, peer);
    });
    afterAll(() => peer.close());
  }

  /** One run, with what each side does not offer; gives what was seen of it, and the destination. */
  async function run(number: number, without: Lacking) {
    const destination = await peer.create(`destination-${number}`, change.before);
    const from = await Reduced.start(peer.origin, 'git-upload-pack', without.source);
    const to = await Reduced.start(peer.origin, 'git-receive-pack', without.destination);
    try {
      const { result, error, heads } = await relayBetween(
        { origin: from.origin, repository: change.source },
        { origin: to.origin, repository: destination },
      );
      const refused = heads.filter(({ status }) => status !== 'done').map(({ ref, code }) => `${ref} ${code}`);
      const unoffered = [...(await from.unoffered()), ...(await to.unoffered())];
      const defects = [...from.proxy.defects, ...to.proxy.defects];
      await fsck(destination.path);
      return { result, error: error?.code, refused, unoffered, defects, refs: await refsIn(destination) };
    } finally {
      await from.close();
      await to.close();
    }
  }

  test(`carries all that it may without any of ${which.length} sets, and says what it may not${note}`, async () => {
    const wanted = await refsIn(change.source);
    const before = await refsIn(change.before);
    const kept = new Map([...before, ...wanted]);
    kept.delete('refs/heads/a/b');
    const asked = { unoffered: [], defects: [] };
    const whole = { ...asked, result: 'replicated', error: undefined, refused: [], refs: wanted };
    const withoutDeletes = {
      ...asked,
      result: 'incomplete',
      error: 'refused',
      refused: [
        'refs/heads/a deletes-unsupported',
        'refs/heads/a/b name-taken',
        'refs/heads/gone deletes-unsupported',
        'refs/tags/gone-tag deletes-unsupported',
      ],
      refs: kept,
    };

    await inParallel(which, async (without, number) => {
      const expected = without.destination.includes('delete-refs') ? withoutDeletes : whole;
      expect({ seed, without, ...(await run(number, without)) }).toEqual({ seed, without, ...expected });
    });
  });
});
