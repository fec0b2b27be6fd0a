import type { Judgement } from './judge.ts';

/** What is known of a test file before any mutant: who it meets, and what it costs. */
export interface Scouted {
  testFile: string;
  script: string;
  judgement: Judgement;
  /** Failed without any mutant, and did not when it was run again: a busy machine does that to tests that wait. */
  unsteady: boolean;
}

/** A part of a test file that a mutant is to be shown to. */
export interface Step {
  testFile: string;
  script: string;
  /** All of them if there is none. */
  tests: readonly number[] | undefined;
  costMs: number;
  calls: number;
  unsteady: boolean;
}

/** By mutant, the tests that meet it, the cheapest file first. */
export function planSteps(scouted: readonly Scouted[]): Map<number, Step[]> {
  const steps = new Map<number, Step[]>();
  for (const { testFile, script, judgement, unsteady } of scouted) {
    const { always, met, took, calls, ms } = judgement;
    const whole = new Set(always);
    const parts = new Map<number, number[]>();
    met.forEach((ids, test) => {
      for (const id of ids) if (!whole.has(id)) parts.set(id, [...(parts.get(id) ?? []), test]);
    });
    const add = (id: number, tests: readonly number[] | undefined, costMs: number) =>
      steps.set(id, [...(steps.get(id) ?? []), { testFile, script, tests, costMs, calls, unsteady }]);
    for (const id of whole) add(id, undefined, ms);
    for (const [id, tests] of parts)
      add(
        id,
        tests,
        tests.reduce((sum, test) => sum + (took[test] ?? 0), 0),
      );
  }
  for (const ways of steps.values()) ways.sort((a, b) => a.costMs - b.costMs);
  return steps;
}
