import { askAlert, askForHolder, askForSuccessor, askInput, askTopic } from './asking.ts';
import { compile, type Definition } from './asl.ts';
import { bookkeep } from './bookkeeping.ts';
import { compareBoth } from './comparing.ts';
import { Executions, type Move } from './executions.ts';
import { type JsonObject, Pool } from './json.ts';
import { RuntimeFailure } from './paths.ts';
import { replicate, strayMoves, type TaskHabits, withStray } from './replicating.ts';
import type { Table } from './table.ts';
import { excuse } from './telling.ts';
import {
  type Faults,
  isRunning,
  NO_FAULTS,
  nameOf,
  type Purpose,
  type Run,
  type World,
  withFault,
  withRun,
} from './world.ts';

/** One exploration: what happens, and what may go wrong. */
export interface Scenario {
  definition: Definition;
  /** Pushes to the source, each of which starts an execution some time. */
  pushes: number;
  /** What else somebody starts some time. */
  planned?: readonly Purpose[];
  faults?: Partial<Faults>;
  /** What the replica's record says at the beginning. */
  told?: 'in-sync' | 'behind' | 'unknown';
  /**
   * Beyond so many executions a path is not followed. Only successors come without end: as often as an execution reaches its last
   * round while others wait so long for an answer that it is gone when they get it.
   */
  executions?: number;
  folded?: boolean;
  habits?: TaskHabits;
}

const REPLICA = 'r';
const INPUTS: Record<Purpose, JsonObject> = {
  sweep: { replica: REPLICA, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'the-sweep' },
  force: { replica: REPLICA, force: 'task' },
  confirm: { replica: REPLICA, confirm: 'abc' },
};
export const KEY = JSON.stringify({ replica: { S: REPLICA } });

/** A source, a destination, and all executions of one state machine between them. */
export class Model {
  readonly scenario: Scenario;
  readonly #executions: Executions;
  readonly #tables = new Pool();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.#executions = new Executions(compile(scenario.definition), scenario.folded ?? false);
  }

  first(): World {
    const { planned = [], faults = {}, told } = this.scenario;
    const record = {
      replica: { S: REPLICA },
      ...(told && { told: { S: told }, toldKind: { S: told }, toldAt: { S: '2026-03-02T09:00:00.000Z' } }),
    };
    return {
      source: 0,
      destination: 0,
      owed: 0,
      planned,
      runs: [],
      table: this.#tables.id(told === undefined ? {} : { [KEY]: record }),
      strays: [],
      faults: { ...NO_FAULTS, ...faults },
      seen: 0,
      told: told ?? '',
      excuses: 0,
    };
  }

  tableOf({ table }: World): Table {
    return this.#tables.value(table) as Table;
  }

  /** How many tasks work for executions that wait for them. */
  tasksOf({ runs }: World): number {
    return runs.filter((run) => run.reading !== undefined && this.#executions.serviceOf(run) === 'task').length;
  }

  /** The world in which somebody starts an execution now. */
  withStarted(world: World, purpose: Purpose): World {
    return { ...world, runs: [...world.runs, this.#executions.started(INPUTS[purpose])] };
  }

  /** All that can happen next. */
  moves(world: World): Move[] {
    return [
      ...this.#people(world),
      ...world.runs.flatMap((run, index) => (isRunning(run) ? this.#execution(world, index) : [])),
      ...strayMoves(world, this.scenario.habits ?? {}),
    ];
  }

  #people(world: World): Move[] {
    const { source, owed, planned, runs } = world;
    const moves: Move[] = [];
    const name = nameOf(runs.length);
    if (source < this.scenario.pushes)
      moves.push({
        label: `somebody pushes version ${source + 1}`,
        world: { ...world, source: source + 1, owed: owed + 1 },
      });
    if (owed > 0) {
      const started = { ...world, owed: owed - 1, runs: [...runs, this.#executions.started({ replica: REPLICA })] };
      moves.push({ label: `the trigger of a push starts ${name}`, world: started });
    }
    for (const [index, purpose] of planned.entries()) {
      const rest = { ...world, planned: planned.toSpliced(index, 1) };
      moves.push({ label: `${name} is started: ${purpose}`, world: this.withStarted(rest, purpose) });
    }
    return moves;
  }

  #execution(world: World, index: number): Move[] {
    const run = world.runs[index] as Run;
    try {
      return [...this.#work(world, index), ...this.#crashes(world, index)];
    } catch (error) {
      if (!(error instanceof RuntimeFailure)) throw error;
      const label = `${nameOf(index)} ${this.#executions.stateOf(run).name}`;
      return [{ label, world, broken: `${label} ends with States.Runtime: ${error.message}` }];
    }
  }

  #work(world: World, index: number): Move[] {
    const executions = this.#executions;
    switch (executions.serviceOf(world.runs[index] as Run)) {
      case 'read-input':
        return askInput(world, index, executions);
      case 'table':
        return bookkeep(world, index, executions, this.#tables);
      case 'describe':
        return askForHolder(world, index, executions);
      case 'compare':
        return compareBoth(world, index, executions);
      case 'task':
        return replicate(world, index, executions, this.scenario.habits ?? {});
      case 'alert':
        return askAlert(world, index, executions);
      case 'publish':
        return askTopic(world, index, executions);
      case 'start':
        return askForSuccessor(world, index, executions);
      case undefined:
        return [executions.step(world, index)];
    }
  }

  #crashes(world: World, index: number): Move[] {
    const crashing = withFault(world, 'crash');
    if (crashing === undefined) return [];
    const run = world.runs[index] as Run;
    const aborted = withRun(excuse(crashing, index), index, {
      status: 'ABORTED',
      at: 0,
      data: 0,
      unremembered: false,
      muted: false,
    });
    const label = `${nameOf(index)} is aborted at ${this.#executions.stateOf(run).name}`;
    const moves = [{ label, world: aborted }];
    if (run.reading !== undefined && this.#executions.serviceOf(run) === 'task')
      moves.push({ label: `${label}, and its task goes on`, world: withStray(aborted, run.reading) });
    return moves;
  }
}
