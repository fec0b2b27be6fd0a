import type { End, LocalState, Machine, Outcome, State } from './asl.ts';
import { type Json, type JsonObject, Pool } from './json.ts';
import { type Service, servicesOf } from './services.ts';
import { nameOf, type Run, runNamed, type World, withRun } from './world.ts';

/** One step of the world, in words; and what it broke, if it did. */
export interface Move {
  label: string;
  world: World;
  broken?: string | undefined;
}

/** Moves executions through the states of one machine. */
export class Executions {
  readonly #data = new Pool();
  readonly #recalled = new Map<string, unknown>();
  readonly #states: readonly State[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #start: number;
  readonly #folded: boolean;

  /**
   * @param folded whether states that ask nobody are taken together with what leads to them. They read and write nothing that
   * others see, so all that others can tell apart is still explored, in far fewer states. The last state of an execution stays a
   * step of its own: until then Step Functions says RUNNING.
   */
  constructor(machine: Machine, folded: boolean) {
    this.#states = [...machine.states.values()];
    this.#numbers = new Map(this.#states.map(({ name }, index) => [name, index]));
    this.#services = servicesOf(machine);
    this.#start = this.#numbers.get(machine.startAt) as number;
    this.#folded = folded;
  }

  started(input: JsonObject): Run {
    return { status: 'RUNNING', at: this.#start, data: this.#data.id(input), unremembered: false, muted: false };
  }

  stateOf({ at }: Run): State {
    return this.#states[at] as State;
  }

  /** Whom the state of an execution asks; undefined if nobody. */
  serviceOf(run: Run): Service | undefined {
    return this.#services.get(this.stateOf(run).name);
  }

  dataOf({ data }: Run): JsonObject {
    return this.#data.value(data);
  }

  /** What is made of an execution's state, its data and what `detail` names; made once, as the same come again and again. */
  recall<T>(world: World, index: number, detail: string, make: () => T): T {
    const { at, data } = world.runs[index] as Run;
    const key = `${at},${data},${index},${detail}`;
    const known = this.#recalled.get(key);
    if (known !== undefined) return known as T;
    const made = make();
    this.#recalled.set(key, made);
    return made;
  }

  /** The step of a state that asks nobody. */
  step(world: World, index: number): Move {
    return this.follow(world, index, this.#outcome(world, index));
  }

  /** The world after an execution went where the outcome of its state leads. */
  follow(world: World, index: number, outcome: Outcome, detail = ''): Move {
    const label = `${nameOf(index)} ${this.stateOf(world.runs[index] as Run).name}${detail}`;
    if ('end' in outcome) return end(world, index, outcome, label);
    let move = this.#enter({ label, world }, index, outcome);
    while (this.#folded) {
      const state = this.stateOf(move.world.runs[index] as Run);
      if (state.type === 'Task' || state.ends) break;
      const next = this.#outcome(move.world, index);
      if ('end' in next) throw new Error(`${state.name} does not say that it ends`);
      move = this.#enter(move, index, next);
    }
    return move;
  }

  #outcome(world: World, index: number): Outcome {
    return this.recall(world, index, '', () => {
      const run = world.runs[index] as Run;
      return (this.stateOf(run) as LocalState).step(this.dataOf(run), { execution: nameOf(index) });
    });
  }

  #enter({ label, world }: Move, index: number, { next, data }: { next: string; data: Json }): Move {
    const run = world.runs[index] as Run;
    const at = this.#numbers.get(next) as number;
    const entered = { ...run, at, data: this.#data.id(data as JsonObject), reading: undefined };
    return { label, world: withRun(world, index, entered) };
  }
}

function end(world: World, index: number, outcome: End, label: string): Move {
  return {
    label: `${label}, and has ${outcome.end}`,
    world: withRun(world, index, { status: outcome.end, at: 0, data: 0, unremembered: false, muted: false }),
    broken: outcome.end === 'SUCCEEDED' ? endsFalsely(world, index, outcome.output) : undefined,
  };
}

function endsFalsely(world: World, index: number, output: Json): string | undefined {
  const { muted } = world.runs[index] as Run;
  return muted ? `${nameOf(index)} could tell nobody, and ends well` : leftToNobody(world, index, output);
}

/** Whoever leaves its work to another must have been told that the other works. */
function leftToNobody(world: World, index: number, output: Json): string | undefined {
  const { outcome, execution } = output as { outcome?: string; execution?: string };
  if (outcome !== 'coalesced') return undefined;
  const { answer } = world.runs[index] as Run;
  const other = runNamed(String(execution));
  if (answer === 'RUNNING' && other !== index && world.runs[other] !== undefined) return undefined;
  return `${nameOf(index)} leaves its work to ${execution}, of which it was told: ${answer}`;
}
