import { noCounts } from '../crash-points/boundaries.ts';
import { runCampaign } from '../crash-points/campaign.ts';
import { PLANS } from '../crash-points/plans.ts';
import { choosePoints, shuffled } from '../crash-points/sample.ts';
import { removeFolders } from '../support/repository.ts';
import { randomNumbers, seed } from '../support/seed.ts';

/** A sample, of plans too, because each is first run once for its boundaries; `npm run crash-points` kills at all of them. */
const POINTS = 14;
const PLANS_OF_A_SAMPLE = 7;

afterAll(removeFolders);

it(`leaves only old or new tips, each whole, wherever a run is killed (seed ${seed}), and the next run converges`, async () => {
  const some = shuffled(PLANS, randomNumbers(seed)).slice(0, PLANS_OF_A_SAMPLE);

  const { plans, violations } = await runCampaign({ plans: some, seed, points: POINTS });

  expect(violations).toEqual([]);
  expect(plans.map(({ plan }) => plan)).toEqual(some.map(({ name }) => name));
  // Two runs never are the same to the last packet, so a few end before their point.
  const outlived = plans.reduce((all, plan) => all + plan.outlived, 0);
  expect(outlived).toBeLessThan(POINTS / 2);
}, 900_000);

it('takes all that reaches the outside before it samples the rest, and a small sample from every plan', () => {
  const counts = new Map([
    ['one', { ...noCounts(), read: 3, await: 50 }],
    ['other', { ...noCounts(), write: 2, timer: 1 }],
  ]);

  const many = choosePoints(counts, 20, randomNumbers(1));
  const few = choosePoints(counts, 4, randomNumbers(1));

  expect(many).toHaveLength(20);
  expect(many.filter(({ kind }) => kind === 'read' || kind === 'write')).toHaveLength(5);
  expect(new Set(many.map(({ plan, kind, n }) => `${plan} ${kind} ${n}`)).size).toBe(20);
  expect(new Set(few.map(({ plan }) => plan))).toEqual(new Set(['one', 'other']));
});
