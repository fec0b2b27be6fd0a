import type { Judge, Outcome } from './judges.ts';
import type { Step } from './plan.ts';

/** How a mutant ended: by which test, or not at all. */
export type Fate = { killedBy: string } | undefined;

/** Far above what the same tests take with the sources as they are, on a machine that does other things as well. */
const limitMs = ({ costMs }: Step): number => 5000 + 10 * Math.ceil(costMs);
const PATIENCE = 3;

/** Shows the mutant to test after test until one fails. */
export async function tryMutant(judge: Judge, mutant: number, steps: readonly Step[]): Promise<Fate> {
  for (const step of steps) {
    let outcome = await judgeStep(judge, mutant, step, 1);
    // Where no test said it, or one that says so at times, it may not be this mutant's doing: again, in a process that has seen no other.
    if (isDoubtful(outcome, step)) {
      judge.renew();
      outcome = await judgeStep(judge, mutant, step, PATIENCE);
    }
    const complaint = complaintOf(outcome);
    if (complaint !== undefined) return { killedBy: `${step.testFile}: ${complaint}` };
  }
  return undefined;
}

const isDoubtful = (outcome: Outcome, { unsteady }: Step): boolean =>
  outcome.kind !== 'judged' || (unsteady && outcome.judgement.failure !== undefined);

function judgeStep(judge: Judge, mutant: number, step: Step, patience: number): Promise<Outcome> {
  const { script, tests, calls } = step;
  return judge.try({ script, mutant, tests, callsMax: 1_000_000 + 20 * calls }, patience * limitMs(step));
}

function complaintOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'hangs') return 'comes to no end';
  if (outcome.kind === 'lost') return `ends in an error that nobody handles: ${outcome.error}`;
  return outcome.judgement.failure;
}
