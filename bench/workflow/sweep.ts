import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secondsOf, startedBy, tasksOf } from '../../local/stepfunctions/facts.ts';
import { sweepReports } from '../../local/sweep/report.ts';
import { LocalSystem } from '../../local/system.ts';
import { replicasInSync, writeCommits } from './replicas.ts';

/** What one sweep over so many replicas came to. */
export interface SweepFigures {
  replicas: number;
  behind: number;
  seconds: number;
  /** Tasks that were started: one for each replica that was behind, and none for the others. */
  tasks: number;
  comparisons: number;
  /** State transitions of all executions, the sweep's own too: what Step Functions is paid for. */
  transitions: number;
  /** The whole look-alike's, with every function and both regions in one process: how it grows is what can be read from it. */
  peakMiB: number;
  /** What the sweep says at its end. */
  says: string;
  alerts: number;
}

/** States that ask `compare-heads`. */
const COMPARISONS = new Set(['CompareHeads', 'VerifyHeads', 'LookAgain']);
const SAMPLE_MS = 100;

/** Sweeps over so many replicas of which a hundredth, but at least one, is behind. */
export async function sweepOver(count: number, bundle: string): Promise<SweepFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'ccrepl-bench-sweep-'));
  try {
    const replicas = await replicasInSync(directory, count);
    const system = await LocalSystem.start({ replicas, directory, bundle, firstPort: 0 });
    try {
      const behind = Math.max(1, Math.round(count / 100));
      const each = Math.floor(count / behind);
      for (let n = 0; n < behind; n++) {
        const { region, repository } = replicas[n * each]!.source;
        await writeCommits(system.region(region).store.path(repository), 1);
      }
      let peak = 0;
      const sampling = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage.rss());
      }, SAMPLE_MS);
      await system.startSweep();
      await system.idle();
      clearInterval(sampling);
      return { replicas: count, behind, ...figures(system), peakMiB: Math.round(peak / 2 ** 20) };
    } finally {
      await system.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function figures(system: LocalSystem): Omit<SweepFigures, 'replicas' | 'behind' | 'peakMiB'> {
  const [sweep] = system.sweep.executions;
  const [report] = sweepReports(system);
  if (sweep === undefined || report === undefined) throw new Error('the sweep has not ended');
  const own = system.machine.executions.filter((one) => startedBy(one) === sweep.arn);
  const states = own.flatMap((execution) => execution.states);
  return {
    seconds: secondsOf(sweep),
    tasks: own.reduce((sum, one) => sum + tasksOf(one), 0),
    comparisons: states.filter((state) => COMPARISONS.has(state)).length,
    transitions: states.length + sweep.states.length,
    says: report.says ?? report.error ?? '',
    alerts: system.topic.inbox.length,
  };
}
