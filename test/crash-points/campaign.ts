import { randomNumbers } from '../support/seed.ts';
import { type Counts, noCounts, type Point, pointText } from './boundaries.ts';
import { type Crash, CrashSite, type Healer } from './crash.ts';
import type { CrashPlan } from './plans.ts';
import { choosePoints, type PlanPoint } from './sample.ts';
import type { Scene } from './stage.ts';

/** Each so many-th point the next run is the program itself. */
const PROGRAM_EVERY = 10;

export interface CampaignOptions {
  plans: readonly CrashPlan[];
  seed: number;
  /** How many; undefined: all boundaries of sockets, and a sample of the others. */
  points?: number | undefined;
  /** This point of each plan, and no other. */
  at?: Point | undefined;
  healer?: Healer | undefined;
  onProgress?: (done: number, of: number, plan: string) => void;
  onViolation?: (violation: string) => void;
  /** Ends it; the point that is under way does not count. */
  stop?: AbortSignal;
}

/** What the points of one plan came to. */
export interface PlanReport {
  plan: string;
  /** The boundaries of a run that nobody kills. */
  boundaries: Counts;
  /** Points at which a run was killed, by kind. */
  killed: Counts;
  /** Runs that ended before their point, because two runs never are the same to the last packet. */
  outlived: number;
  left: Record<Crash['left'], number>;
}

export interface CampaignReport {
  plans: PlanReport[];
  /** What did not hold, each with the command that shows it again. */
  violations: string[];
}

/** Kills runs of each plan at the chosen points. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, at } = options;
  const site = await CrashSite.open();
  try {
    const scenes: Scene[] = [];
    for (const plan of options.plans) scenes.push(await site.stage.make(plan));
    const counts = new Map<string, Counts>();
    if (at === undefined) for (const scene of scenes) counts.set(scene.plan.name, await site.count(scene));
    const points =
      at === undefined
        ? choosePoints(counts, options.points, randomNumbers(seed))
        : options.plans.map(({ name }): PlanPoint => ({ plan: name, ...at }));
    return await killAtAll(site, scenes, points, counts, options);
  } finally {
    await site.close();
  }
}

async function killAtAll(
  site: CrashSite,
  scenes: readonly Scene[],
  points: readonly PlanPoint[],
  counts: ReadonlyMap<string, Counts>,
  { onProgress, onViolation, stop, ...options }: CampaignOptions,
): Promise<CampaignReport> {
  const report: CampaignReport = { plans: [], violations: [] };
  let done = 0;
  for (const scene of scenes) {
    const { plan } = scene;
    const boundaries = counts.get(plan.name) ?? noCounts();
    const left = { old: 0, part: 0, new: 0 };
    const here: PlanReport = { plan: plan.name, boundaries, killed: noCounts(), outlived: 0, left };
    report.plans.push(here);
    for (const point of points.filter((one) => one.plan === plan.name)) {
      const healer = options.healer ?? (done % PROGRAM_EVERY === 0 ? 'program' : 'here');
      const crash = await site.crash(scene, point, healer);
      // A Ctrl-C reaches the program too, so what it did at this point says nothing.
      if (stop?.aborted) return report;
      if (crash.reached) {
        here.killed[point.kind] += 1;
        here.left[crash.left] += 1;
      } else here.outlived += 1;
      const again = `npm run crash-points -- --plan ${plan.name} --at ${pointText(point)} --next ${healer}`;
      const violations = crash.violations.map((wrong) => `${wrong}\n  ${again}`);
      for (const violation of violations) onViolation?.(violation);
      report.violations.push(...violations);
      done += 1;
      onProgress?.(done, points.length, plan.name);
    }
  }
  return report;
}
