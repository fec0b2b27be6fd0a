import { DESTINATION, SOURCE, type TwoRegions } from '../two-regions.ts';
import type { Stage } from './observe.ts';

/** The two repositories of a test as a stage for observed runs. */
export const stageOf = (two: TwoRegions): Stage => ({
  source: { ...SOURCE, origin: two.source.origin, path: two.sourcePath },
  destination: { ...DESTINATION, origin: two.destination.origin, path: two.destinationPath },
  credentials: two.credentials,
});
