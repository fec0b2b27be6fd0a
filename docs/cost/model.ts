import type { Prices } from './prices.ts';

/** What one piece of work takes. */
export interface Work {
  stateTransitions: number;
  /** Of functions: how often, and how long with how much memory. */
  calls: { times: number; seconds: number; gb: number }[];
  task?: { seconds: number; vcpu: number; gb: number; architecture: 'ARM64' | 'X86_64' };
  writes: number;
  logsKb: number;
  otherRegionMb: number;
}

/** State transitions: what a test counts in the state machines themselves. */
export const TRANSITIONS = { inSync: 6, replicated: 14, perSwept: 1, perSweep: 8 } as const;

/** A push: trigger, input, comparison, a task for the minute that Fargate charges at least, comparison. */
export const PUSH: Work = {
  stateTransitions: TRANSITIONS.replicated,
  calls: [
    { times: 2, seconds: 0.2, gb: 0.25 },
    { times: 2, seconds: 1.5, gb: 0.5 },
  ],
  task: { seconds: 60, vcpu: 0.25, gb: 0.5, architecture: 'ARM64' },
  writes: 3,
  logsKb: 20,
  otherRegionMb: 0.3,
};

/** A replica in sync, looked at by a sweep. */
export const SWEPT: Work = {
  stateTransitions: TRANSITIONS.inSync + TRANSITIONS.perSwept,
  calls: [
    { times: 1, seconds: 0.1, gb: 0.25 },
    { times: 1, seconds: 1, gb: 0.5 },
  ],
  writes: 2,
  logsKb: 8,
  otherRegionMb: 0.05,
};

/** A sweep itself, whatever the number of replicas. */
export const SWEEP: Work = {
  stateTransitions: TRANSITIONS.perSweep,
  calls: [{ times: 2, seconds: 0.2, gb: 0.25 }],
  writes: 0,
  logsKb: 6,
  otherRegionMb: 0,
};

/** The original design: 1 vCPU and 2 GB on x86-64 for every push; the image has git, the AWS CLI and a clone, and is pulled by each task. */
export const ORIGINAL_PUSH: Work = {
  stateTransitions: 0,
  calls: [{ times: 1, seconds: 0.5, gb: 0.125 }],
  task: { seconds: 90, vcpu: 1, gb: 2, architecture: 'X86_64' },
  writes: 0,
  logsKb: 4,
  otherRegionMb: 0.3,
};
/** Its image, compressed: one for each repository, with a clone of that. */
const ORIGINAL_IMAGE_GB = 0.243 + 0.3;
/** Ours: one. */
const IMAGE_GB = 0.045;

export function priceOf(work: Work, prices: Prices): number {
  const calls = work.calls.reduce(
    (sum, { times, seconds, gb }) => sum + times * (prices.lambdaRequest + seconds * gb * prices.lambdaGbSecond),
    0,
  );
  return (
    work.stateTransitions * prices.stateTransition +
    calls +
    taskPrice(work.task, prices) +
    work.writes * prices.dynamodbWrite +
    (work.logsKb / 1e6) * prices.logsGb +
    (work.otherRegionMb / 1e3) * prices.otherRegionGb
  );
}

function taskPrice(task: Work['task'], prices: Prices): number {
  if (task === undefined) return 0;
  const { vcpuHour, gbHour } = prices.fargate[task.architecture];
  return (task.seconds / 3600) * (task.vcpu * vcpuHour + task.gb * gbHour + prices.publicAddressHour);
}

export interface Usage {
  repositories: number;
  pushesPerDay: number;
  sweepMinutes: number;
  alarms: number;
  metrics: number;
}

const DAYS = 30;

/** What a month costs, in dollars. */
export function monthOf(
  usage: Usage,
  prices: Prices,
): { pushes: number; sweeps: number; fixed: number; total: number } {
  const sweepsPerMonth = (DAYS * 24 * 60) / usage.sweepMinutes;
  const pushes = usage.repositories * usage.pushesPerDay * DAYS * priceOf(PUSH, prices);
  const sweeps = sweepsPerMonth * (usage.repositories * priceOf(SWEPT, prices) + priceOf(SWEEP, prices));
  const fixed =
    usage.alarms * prices.alarmMonth + usage.metrics * prices.metricMonth + IMAGE_GB * prices.registryGbMonth;
  return { pushes, sweeps, fixed, total: pushes + sweeps + fixed };
}

export function originalMonthOf({ repositories, pushesPerDay }: Usage, prices: Prices): number {
  const pushes = repositories * pushesPerDay * DAYS * priceOf(ORIGINAL_PUSH, prices);
  return pushes + repositories * ORIGINAL_IMAGE_GB * prices.registryGbMonth;
}
