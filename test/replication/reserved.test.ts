import type { RefName } from '../../git/ref.ts';
import { isValidRefName } from '../../git/ref.ts';
import {
  archivedTips,
  archiveRef,
  boundsOf,
  helperRefs,
  RESERVED_PATTERNS,
  STAND_IN_BRANCH,
  seedingBounds,
  seedingLine,
  seedingMarker,
} from '../../replication/reserved.ts';
import { anOid, aPlan, refs } from '../support/plans.ts';

const OURS = {
  [`refs/tags/ccrepl-archive/${anOid('8')}/heads/main`]: '8',
  'refs/tags/ccrepl-seeding/line-0': '6',
  'refs/tags/ccrepl-seeding/bytes-10-20': '7',
  'refs/heads/ccrepl-stand-in': '5',
};

it('refs that are ours are never replicated nor deleted, whatever the patterns say, and are counted by themselves', () => {
  const [from, to] = [aPlan(OURS, {}), aPlan({ 'refs/heads/main': '1' }, { 'refs/heads/main': '1', ...OURS })];

  expect(from).toMatchObject({ heads: [], inSync: 0 });
  expect([...from.ignored]).toEqual([
    ['refs/tags/ccrepl-archive/*', 1],
    ['refs/tags/ccrepl-seeding/*', 2],
    ['refs/heads/ccrepl-stand-in/*', 1],
  ]);
  expect(to.heads).toEqual([]);
});

it('refs whose names only resemble ours are anybody’s', () => {
  const others = {
    'refs/heads/ccrepl-stand-in2': '1',
    'refs/tags/ccrepl-archive': '1',
    'refs/tags/ccrepl-seedings/line-0': '1',
    'refs/heads/refs/tags/ccrepl-archive/': '1',
  };

  const { heads, ignored } = aPlan(others, {});

  expect(heads).toHaveLength(4);
  expect(ignored.size).toBe(0);
});

it('tells helper refs from what is archived', () => {
  const all = refs({ ...OURS, 'refs/heads/main': '1', 'refs/tags/v': '2' });

  expect([...helperRefs(all).values()]).toEqual(['6', '7', '5'].map(anOid));
  expect([...archivedTips(all)]).toEqual([anOid('8')]);
  expect(aPlan({}, OURS)).toMatchObject({ seeded: ['6', '7', '5'].map(anOid), archived: new Set([anOid('8')]) });
});

it('the patterns take all that is ours', () => {
  expect(RESERVED_PATTERNS).toEqual(['refs/tags/ccrepl-archive/*', 'refs/tags/ccrepl-seeding/*', STAND_IN_BRANCH]);
});

it.each([
  [194, true],
  [195, false],
])('an archived tip of a branch of %i letters keeps its name: %s', (length, keeps) => {
  const name = archiveRef(`refs/heads/${'x'.repeat(length)}` as RefName, anOid('a'));

  expect(name.endsWith('x')).toBe(keeps);
  expect(name.length - 'refs/tags/'.length).toBeLessThanOrEqual(256);
  expect(isValidRefName(name)).toBe(true);
});

describe('what a seeding notes of what one push takes', () => {
  it('is read as it was noted, in whole bytes that promise no more', () => {
    expect(seedingMarker({ took: 10.9, failed: 20.1 })).toBe('refs/tags/ccrepl-seeding/bytes-10-21');
    expect(boundsOf(seedingMarker({ took: 10.9, failed: 20.1 }))).toEqual({ took: 10, failed: 21 });
    expect(boundsOf(seedingMarker({ took: 0, failed: 1 }))).toEqual({ took: 0, failed: 1 });
    const most = 999_999_999_999_999;
    expect(boundsOf(seedingMarker({ took: most, failed: most }))).toEqual({ took: most, failed: most });
  });

  it.each([
    seedingLine(0),
    'refs/tags/ccrepl-seeding/bytes-10-0',
    'refs/tags/ccrepl-seeding/bytes--20',
    'refs/tags/ccrepl-seeding/bytes-10-',
    'refs/tags/ccrepl-seeding/bytes-10-x',
    'refs/tags/ccrepl-seeding/bytes-x-20',
    'refs/tags/ccrepl-seeding/bytes-1000000000000000-20',
    'refs/tags/ccrepl-seeding/bytes-10-1000000000000000',
    'refs/tags/ccrepl-seeding/xbytes-10-20',
    'refs/tags/ccrepl-seeding/bytes-10-20x',
    'refs/tags/ccrepl-seeding2/bytes-10-20',
    'refs/heads/bytes-10-20',
    'bytes-10-20',
  ])('is not in %s', (name) => {
    expect(boundsOf(name as RefName)).toBeUndefined();
  });

  it('is found among all the refs of a destination', () => {
    expect(seedingBounds(refs({ 'refs/heads/main': '1', ...OURS }))).toEqual({ took: 10, failed: 20 });
    expect(seedingBounds(refs({ 'refs/heads/main': '1' }))).toBeUndefined();
  });
});
