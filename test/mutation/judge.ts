import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { jestExpect } from '@jest/expect';
import * as circus from 'jest-circus';
import { ROOT, SWITCH } from './sandbox.ts';

/** What a test file is to be run with. */
export interface Trial {
  script: string;
  /** 0 for the sources as they are. */
  mutant: number;
  /** The numbers of the tests to run, in the order of the file; all if there is none. */
  tests: readonly number[] | undefined;
  /** How often the switch may be asked before it is an endless loop. */
  callsMax: number;
}

export interface Judgement {
  /** What was said against the sources by the first test that failed; none if all passed. */
  failure: string | undefined;
  /** Mutants that were met while the file was loaded or in hooks of all tests. */
  always: number[];
  /** Mutants that a test met, by the test's number. */
  met: number[][];
  /** What each test took. */
  took: number[];
  calls: number;
  ms: number;
}

type Loaded = (require: NodeJS.Require, module: object, exports: object, filename: string, dirname: string) => void;

const scripts = new Map<string, Loaded>();
const rootRequire = createRequire(join(ROOT, 'package.json'));

// Cases made at random are the same for every mutant.
rootRequire('fast-check').configureGlobal({ seed: 1 });

let active = 0;
let calls = 0;
let callsMax = Number.POSITIVE_INFINITY;
let meeting: Set<number> | undefined;
const isActive = (id: number): boolean => {
  calls += 1;
  if (calls > callsMax) throw new Error('an endless loop');
  meeting?.add(id);
  return id === active;
};
Object.assign(globalThis, { [SWITCH]: isActive, expect: jestExpect });
const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach });

let began = -1;
let bailed = false;
let selected: ReadonlySet<number> | undefined;
let always: Set<number> = new Set();
let met: Set<number>[] = [];
let took: number[] = [];
circus.addEventHandler((event) => {
  if (event.name === 'test_start') {
    began += 1;
    if (bailed || (selected !== undefined && !selected.has(began))) event.test.mode = 'skip';
    const here = new Set<number>();
    met.push(here);
    if (meeting !== undefined) meeting = here;
  }
  if (event.name === 'test_done') {
    took[began] = event.test.duration ?? 0;
    bailed ||= event.test.errors.length > 0;
  }
  if (event.name === 'test_done' || event.name === 'test_skip') meeting &&= always;
});

/** Runs one test file; stops at the first test that fails. */
export async function judge(trial: Trial): Promise<Judgement> {
  const start = performance.now();
  circus.resetState();
  const state = circus.getState();
  // Whoever asked for the trial has a limit for all of it.
  state.testTimeout = 2 ** 31 - 1;
  [active, calls, callsMax] = [trial.mutant, 0, trial.callsMax];
  [began, bailed, always, met, took] = [-1, false, new Set(), [], []];
  selected = trial.tests === undefined ? undefined : new Set(trial.tests);
  meeting = trial.mutant === 0 ? always : undefined;
  const failure = await failureOf(trial.script);
  return {
    failure,
    always: [...always],
    met: met.map((ids) => [...ids]),
    took,
    calls,
    ms: performance.now() - start,
  };
}

async function failureOf(script: string): Promise<string | undefined> {
  try {
    load(script)(rootRequire, { exports: {} }, {}, script, dirname(script));
  } catch (error) {
    return `not loaded: ${error}`;
  }
  const { testResults, unhandledErrors } = await circus.run();
  const failed = testResults.find(({ errors }) => errors.length > 0);
  if (failed !== undefined) return failed.testPath.slice(1).join(' > ');
  return unhandledErrors[0];
}

function load(script: string): Loaded {
  const known = scripts.get(script);
  if (known !== undefined) return known;
  const text = `(function(require,module,exports,__filename,__dirname){${readFileSync(script, 'utf8')}\n})`;
  const loaded = new Script(text, { filename: script }).runInThisContext() as Loaded;
  scripts.set(script, loaded);
  return loaded;
}
