import { ASSUMED, reckon } from '../../bench/on-aws.ts';
import type { Cell } from '../../bench/results.ts';
import { resultsWhere } from './results.ts';

const results = resultsWhere(0.5);
const like = (of: string, contestant: Cell['contestant'], work = 'commit'): Cell => ({
  ...(results.cells.find((cell) => cell.contestant === of) as Cell),
  contestant,
  work,
});

it('reckons a push for ccrepl and for the original design, of a shape and of what a push is', () => {
  const cells = [like('ccrepl', 'ccrepl'), like('warm-mirror', 'stale-image'), like('ccrepl', 'ccrepl', 'first')];

  expect(reckon({ ...results, cells }, 'small').map(({ work, contestant }) => [work, contestant])).toEqual([
    ['commit', 'ccrepl'],
    ['commit', 'stale-image'],
  ]);
  expect(reckon({ ...results, cells }, 'large')).toEqual([]);
});

it('stretches what the processor did by the share of one that the task has, and adds round trips', () => {
  const cells = [like('ccrepl', 'ccrepl'), like('warm-mirror', 'stale-image')];
  const [ours, original] = reckon({ ...results, cells }, 'small');
  const { apiCpu, apiRequests, slower, roundTrip } = ASSUMED;

  // 0.5 s, of which 0.1 s of CPU; 5 requests, and two connections over TLS. ccrepl also asks CodeCommit's API.
  const trips = 5 + apiRequests + 2 * (2 + apiRequests);
  expect(ours?.task).toBeCloseTo((0.4 + (0.1 + apiCpu) / 0.25) * slower + trips * roundTrip);
  expect(original?.task).toBeCloseTo((0.4 + 0.1) * slower + (5 + 2 * 2) * roundTrip);
});

it('is the sum of its parts, with the clone in the image that has one, and no proof where there is none', () => {
  const cells = [like('ccrepl', 'ccrepl'), like('warm-mirror', 'stale-image')];
  const [ours, original] = reckon({ ...results, cells }, 'small');

  for (const one of [ours, original])
    expect(one?.total).toBeCloseTo((one?.before ?? 0) + (one?.pull ?? 0) + (one?.task ?? 0) + (one?.after ?? 0));
  // The pack has 8 MB.
  expect(original?.pull).toBeCloseTo((56 + 8) / ASSUMED.pullMBps);
  expect(ours?.after).toBeGreaterThan(0);
  expect(original?.after).toBe(0);
});
