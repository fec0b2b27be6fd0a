export { randomNumbers } from '../../bench/random.ts';

/** The seed of a test that generates its cases: `CCREPL_SEED` replays one that a failure showed. */
export const seed = Number(process.env['CCREPL_SEED'] ?? Date.now() % 1_000_000);
