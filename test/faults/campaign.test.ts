import { seed } from '../support/seed.ts';
import { campaign } from './campaign/campaign.ts';

/** `npm run faults` makes as many as one likes. */
const CASES = 24;

it(`no case of a random campaign breaks an oracle (${CASES} cases of seed ${seed})`, async () => {
  const { cases, faults, failures } = await campaign({ seed, first: 0, count: CASES });

  expect(failures.map(({ number, violations }) => ({ again: `--seed ${seed} --case ${number}`, violations }))).toEqual(
    [],
  );
  expect(cases).toBe(CASES);
  // Undisturbed runs prove nothing.
  expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(CASES / 3);
});
