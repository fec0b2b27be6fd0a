import { bundleTests } from './bundle.ts';
import { Judge } from './judges.ts';
import { planSteps, type Scouted } from './plan.ts';
import type { Result } from './report.ts';
import { TEST_FILES } from './sandbox.ts';
import { instrumentSources } from './sources.ts';
import { tryMutant } from './trial.ts';
import { typeChecker } from './types.ts';

const SCOUTING_MS_MAX = 600_000;
const SCOUTINGS_MAX = 3;
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Tries every mutant of the sources that `patterns` name (all, if there are none) with `judges` processes at once. */
export async function runMutation(patterns: readonly string[], judges: number, scratch: string): Promise<Result[]> {
  const sources = instrumentSources(patterns);
  const mutants = [...sources.values()].flatMap((source) => source.mutants);
  const scripts = await bundleTests(TEST_FILES, sources, scratch);
  say(`${mutants.length} mutants in ${sources.size} files, ${scripts.size} test files`);
  const all = Array.from({ length: judges }, () => new Judge());
  try {
    const scouted = await share(all, [...scripts], ([testFile, script], judge) => scout(judge, testFile, script));
    const steps = planSteps(scouted);
    const refuses = typeChecker([...new Set(mutants.map(({ file }) => file))]);
    let done = 0;
    return await share(all, mutants, async (mutant, judge): Promise<Result> => {
      const fate = await tryMutant(judge, mutant.id, steps.get(mutant.id) ?? []);
      done += 1;
      if (done % 100 === 0) say(`${new Date().toISOString()} ${done} of ${mutants.length}`);
      if (fate !== undefined) return { ...mutant, status: 'killed', killedBy: fate.killedBy };
      if (refuses(mutant)) return { ...mutant, status: 'refused' };
      return { ...mutant, status: steps.has(mutant.id) ? 'survived' : 'uncovered' };
    });
  } finally {
    for (const judge of all) judge.renew();
  }
}

/** Runs a test file on the sources as they are, until it passes. */
async function scout(judge: Judge, testFile: string, script: string): Promise<Scouted> {
  let failed: unknown;
  for (let attempt = 1; attempt <= SCOUTINGS_MAX; attempt++) {
    const trial = { script, mutant: 0, tests: undefined, callsMax: Number.MAX_SAFE_INTEGER };
    const outcome = await judge.try(trial, SCOUTING_MS_MAX);
    const passed = outcome.kind === 'judged' && outcome.judgement.failure === undefined;
    if (passed) return { testFile, script, judgement: outcome.judgement, unsteady: attempt > 1 };
    failed = outcome.kind === 'judged' ? outcome.judgement.failure : outcome;
    say(`${testFile} fails without any mutant: ${JSON.stringify(failed)}`);
  }
  throw new Error(`${testFile} fails without any mutant, ${SCOUTINGS_MAX} times: ${JSON.stringify(failed)}`);
}

/** Gives the items to whoever is free; answers in the items' order. */
async function share<Item, Answer>(
  judges: readonly Judge[],
  items: readonly Item[],
  work: (item: Item, judge: Judge) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const one = async (judge: Judge) => {
    while (next < items.length) {
      const at = next++;
      answers[at] = await work(items[at] as Item, judge);
    }
  };
  await Promise.all(judges.map(one));
  return answers;
}
