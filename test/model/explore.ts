import type { Move } from './executions.ts';
import { brokenByStep, brokenNow } from './invariants.ts';
import { Model, type Scenario } from './moves.ts';
import { keyOf, type World } from './world.ts';

export interface Exploration {
  states: number;
  steps: number;
  /** States in which nothing can happen any more. */
  ends: number;
  /** Steps that were not followed, as they start one execution too many. */
  cut: number;
  /** The first invariant that does not hold, and the shortest way there. */
  violation?: { broken: string; trace: string[] };
}

const EXECUTIONS_MAX = 8;

/** Visits every state that a scenario can reach, the nearest first, and stops at the first that breaks an invariant. */
export function explore(scenario: Scenario): Exploration {
  const model = new Model(scenario);
  const graph = new Graph();
  const first = model.first();
  graph.add(keyOf(first), -1);
  let layer: World[] = [first];
  for (let state = 0; layer.length > 0; ) {
    const next: World[] = [];
    for (const world of layer) {
      const broken = brokenNow(world, model);
      if (broken !== undefined) return graph.violated(model, state, broken);
      const moves = model.moves(world);
      if (moves.length === 0) graph.ends.push(state);
      for (const move of moves) {
        const breaks = brokenByStep(world, move);
        if (breaks !== undefined) return graph.violated(model, state, breaks, move.label);
        if (move.world.runs.length > (scenario.executions ?? EXECUTIONS_MAX)) graph.cut(state);
        else if (graph.add(keyOf(move.world), state)) next.push(move.world);
      }
      state += 1;
    }
    layer = next;
  }
  const stuck = graph.firstStuck();
  if (stuck !== undefined) return graph.violated(model, stuck, 'from here on nothing ever ends');
  return graph.counted();
}

/** The states and steps between them: states are numbers, in the order in which they were found. */
class Graph {
  readonly ends: number[] = [];
  readonly #cut: number[] = [];
  readonly #numbers = new Map<string, number>();
  /** From which state each was found first. */
  readonly #parents: number[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  /** Whether the state is new. */
  add(key: string, parent: number): boolean {
    const known = this.#numbers.get(key);
    const number = known ?? this.#parents.length;
    if (parent >= 0) {
      this.#from.push(parent);
      this.#to.push(number);
    }
    if (known !== undefined) return false;
    this.#numbers.set(key, number);
    this.#parents.push(parent);
    return true;
  }

  /** What lies beyond is taken to end. */
  cut(state: number): void {
    this.#cut.push(state);
  }

  counted(): Exploration {
    return { states: this.#parents.length, steps: this.#from.length, ends: this.ends.length, cut: this.#cut.length };
  }

  /** A state from which no end can be reached: executions that run for ever there, whatever happens. */
  firstStuck(): number | undefined {
    const states = this.#parents.length;
    // The steps into each state, side by side: where they begin, and where they come from.
    const begins = new Uint32Array(states + 1);
    for (const to of this.#to) begins[to + 1]! += 1;
    for (let state = 0; state < states; state += 1) begins[state + 1]! += begins[state]!;
    const filled = begins.slice();
    const sources = new Uint32Array(this.#from.length);
    for (const [step, to] of this.#to.entries()) sources[filled[to]!++] = this.#from[step]!;
    const ending = new Uint8Array(states);
    const queue = [...this.ends, ...this.#cut];
    for (const end of queue) ending[end] = 1;
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      for (let step = begins[state]!; step < begins[state + 1]!; step += 1) {
        const before = sources[step]!;
        if (ending[before] === 0) {
          ending[before] = 1;
          queue.push(before);
        }
      }
    }
    const stuck = ending.indexOf(0);
    return stuck < 0 ? undefined : stuck;
  }

  violated(model: Model, state: number, broken: string, lastStep?: string): Exploration {
    const trace = [...this.#wayTo(model, state), ...(lastStep === undefined ? [] : [lastStep])];
    return { ...this.counted(), violation: { broken, trace } };
  }

  /** Only who found whom is kept, so the steps are taken once more. */
  #wayTo(model: Model, state: number): string[] {
    const numbers: number[] = [];
    for (let number = state; number > 0; number = this.#parents[number]!) numbers.unshift(number);
    let world = model.first();
    return numbers.map((number) => {
      const move = model.moves(world).find((one) => this.#numbers.get(keyOf(one.world)) === number) as Move;
      world = move.world;
      return move.label;
    });
  }
}
