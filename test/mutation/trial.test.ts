import type { Judge, Outcome } from './judges.ts';
import { planSteps } from './plan.ts';
import { tryMutant } from './trial.ts';

const judged = (failure?: string): Outcome => ({
  kind: 'judged',
  judgement: { failure, always: [], met: [], took: [], calls: 0, ms: 0 },
});
/** Gives these outcomes, one a trial, and says how many trials there were. */
const judge = (...outcomes: Outcome[]) => {
  const all = outcomes.length;
  const fake = { try: async () => outcomes.shift() ?? judged(), renew: () => {} } as unknown as Judge;
  return { fake, trials: () => all - outcomes.length };
};
const steps = ['a', 'b'].map((testFile) => ({
  testFile,
  script: '',
  tests: undefined,
  costMs: 1,
  calls: 1,
  unsteady: false,
}));

it('a mutant is killed by the first test that fails', async () => {
  const { fake, trials } = judge(judged(), judged('b > a claim'), judged());

  expect(await tryMutant(fake, 1, steps)).toEqual({ killedBy: 'b: b > a claim' });
  expect(trials()).toBe(2);
});

it('a mutant that all tests pass survives', async () => {
  expect(await tryMutant(judge(judged(), judged()).fake, 1, steps)).toBeUndefined();
});

it.each<Outcome>([{ kind: 'hangs' }, { kind: 'lost', error: 'x' }])(
  'what no test says is a mutant’s doing only if it happens again: %j',
  async (outcome) => {
    expect(await tryMutant(judge(outcome, judged(), judged()).fake, 1, steps)).toBeUndefined();
    expect(await tryMutant(judge(outcome, outcome).fake, 1, steps)).toMatchObject({
      killedBy: expect.stringMatching(/^a: /),
    });
  },
);

it('what a test says that at times fails by itself counts only if it says so again', async () => {
  const unsteady = steps.map((step) => ({ ...step, unsteady: true }));

  expect(await tryMutant(judge(judged('a'), judged(), judged()).fake, 1, unsteady)).toBeUndefined();
  expect(await tryMutant(judge(judged('a'), judged('a')).fake, 1, unsteady)).toEqual({ killedBy: 'a: a' });
});

it('shows a mutant to the tests that met it, the cheapest file first, and to all of a file that met it while it was loaded', () => {
  const scouted = (testFile: string, always: number[], met: number[][], took: number[]) => ({
    testFile,
    script: testFile,
    unsteady: false,
    judgement: { failure: undefined, always, met, took, calls: 9, ms: took.reduce((sum, ms) => sum + ms, 1) },
  });

  const plan = planSteps([
    scouted('slow', [1], [[1, 2], [2], []], [70, 5, 5]),
    scouted('quick', [], [[1], []], [3, 900]),
  ]);

  const shown = (id: number) => plan.get(id)?.map(({ testFile, tests, costMs }) => [testFile, tests, costMs]);
  expect(shown(1)).toEqual([
    ['quick', [0], 3],
    ['slow', undefined, 81],
  ]);
  expect(shown(2)).toEqual([['slow', [0, 1], 75]]);
  expect(shown(3)).toBeUndefined();
});
