import type { ContestantName } from '../../bench/contestants.ts';
import type { Cell } from '../../bench/results.ts';
import { targetsOf } from '../../bench/targets.ts';
import { resultsWhere } from './results.ts';

const results = resultsWhere(0.2);
const cell = (shape: string, work: string, contestant: ContestantName, seconds: number, more = {}): Cell => ({
  shape,
  work,
  contestant,
  runs: [{ seconds, cpuSeconds: 1, peakMiB: 60, requests: 5, down: 10, up: 10, diskBytes: 0, ...more }],
});
const met = (...cells: Cell[]) => new Map(targetsOf({ ...results, cells }).map(({ what, isMet }) => [what, isMet]));

it('is as fast as the floor allows, and so many times faster than each of the others', () => {
  const others = [
    cell('large', 'commit', 'floor', 1),
    cell('large', 'commit', 'warm-mirror', 4),
    cell('large', 'commit', 'stale-image', 19),
    cell('large', 'commit', 'clone-and-push', 200),
  ];

  const wanted = met(...others, cell('large', 'commit', 'ccrepl', 2));
  expect(wanted.get('1 commit of 82,000')).toBe(true);
  expect(wanted.get('1 commit of 82,000, faster than warm-mirror')).toBe(true);
  expect(wanted.get('1 commit of 82,000, faster than stale-image')).toBe(false);
  expect(wanted.get('1 commit of 82,000, faster than clone-and-push')).toBe(true);
  expect(met(...others, cell('large', 'commit', 'ccrepl', 2.1)).get('1 commit of 82,000')).toBe(false);
});

it('asks two requests of every shape that has nothing to do, and not of the middle one', () => {
  const two = cell('small', 'nothing', 'ccrepl', 1, { requests: 2 });

  expect(met(two, cell('refs', 'nothing', 'ccrepl', 1, { requests: 2 })).get('nothing to do, requests')).toBe(true);
  expect(met(two, cell('refs', 'nothing', 'ccrepl', 1, { requests: 3 })).get('nothing to do, requests')).toBe(false);
});

it('takes the worst of all works for memory and disk, and each for bytes carried', () => {
  const good = cell('small', 'commit', 'ccrepl', 1, { peakMiB: 80 });
  const bad = { ...cell('blobs', 'first', 'ccrepl', 1, { peakMiB: 81, diskBytes: 1 }), mustCarryBytes: 19 };

  for (const what of ['resident memory, the most of all works', 'on disk, the most of all works']) {
    expect(met(good).get(what)).toBe(true);
    expect(met(good, bad).get(what)).toBe(false);
  }
  expect(met(good, bad).get('blobs, first: bytes carried')).toBe(false);
  expect(met({ ...bad, mustCarryBytes: 20 }).get('blobs, first: bytes carried')).toBe(true);
});

it('holds one of many branches against two empty programs and the floor', () => {
  const floor = cell('refs', 'one-ref', 'floor', 0.04);
  const what = '1 of 10,000 branches';

  // An empty program takes 30 ms.
  expect(met(floor, cell('refs', 'one-ref', 'ccrepl', 0.09)).get(what)).toBe(true);
  expect(met(floor, cell('refs', 'one-ref', 'ccrepl', 0.11)).get(what)).toBe(false);
});

it('says nothing of what was not measured', () => {
  expect([...met().keys()]).toEqual(['start to first request', 'image, compressed']);
});
