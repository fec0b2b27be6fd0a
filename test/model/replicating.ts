import type { TaskState } from './asl.ts';
import type { Executions, Move } from './executions.ts';
import { nameOf, type Reading, type Run, type World, withFault, withRun } from './world.ts';

/** How the task works; tests break it. */
export interface TaskHabits {
  readsSourceFirst?: boolean;
  writesWithoutCompare?: boolean;
}

/** What a task does next. It reads the destination, then the source, then pushes. */
interface Act {
  what: string;
  reading?: Reading;
  /** Where it has pushed, or had nothing to push. */
  pushed?: { destination: number; refused: boolean };
}

/** One act of a task: the three that make it up are three steps of the world. */
function act(world: World, reading: Reading | undefined, habits: TaskHabits): Act {
  const { source, destination } = world;
  if (reading === undefined) {
    return habits.readsSourceFirst
      ? { what: 'reads the source', reading: { destination: -1, source } }
      : { what: 'reads the destination', reading: { destination } };
  }
  if (reading.destination < 0) return { what: 'reads the destination', reading: { ...reading, destination } };
  if (reading.source === undefined) return { what: 'reads the source', reading: { ...reading, source } };
  if (reading.source === reading.destination)
    return { what: 'has nothing to push', pushed: { destination, refused: false } };
  // The server moves a head only from the value that the push names.
  const refused = destination !== reading.destination && habits.writesWithoutCompare !== true;
  return refused
    ? { what: 'is refused its push', pushed: { destination, refused } }
    : { what: `pushes version ${reading.source}`, pushed: { destination: reading.source, refused } };
}

/** The moves of an execution that runs a task. */
export function replicate(world: World, index: number, executions: Executions, habits: TaskHabits): Move[] {
  const run = world.runs[index] as Run;
  const state = executions.stateOf(run) as TaskState;
  const { what, reading, pushed } = act(world, run.reading, habits);
  const moves: Move[] = [];
  if (reading !== undefined) {
    moves.push({ label: `${nameOf(index)}'s task ${what}`, world: withRun(world, index, { ...run, reading }) });
    if (run.reading === undefined) moves.push(...startedTwice(world, index));
    else moves.push(...outOfSight(world, index, run.reading, executions));
    return moves;
  }
  if (pushed === undefined) throw new Error('a task that does nothing');
  const ended = { ...world, destination: pushed.destination };
  const context = { execution: nameOf(index) };
  const failed = (from: World, exitCode: number, detail: string): Move => {
    const fail = () => state.fail(executions.dataOf(run), failureOf(exitCode), false);
    const outcome = executions.recall(world, index, `exit ${exitCode}`, fail);
    if (outcome === 'again') throw new Error(`${state.name} tries exit code ${exitCode} again by itself`);
    return executions.follow(from, index, outcome, `'s task ${detail} and exits with ${exitCode}`);
  };
  if (pushed.refused) moves.push(failed(ended, 11, what));
  else
    moves.push(
      executions.follow(
        ended,
        index,
        state.succeed(executions.dataOf(run), {}, context),
        `'s task ${what} and ends well`,
      ),
    );
  for (const exitCode of [10, 11, 19]) {
    const before = withFault(world, 'failingTask');
    const after = withFault(ended, 'failingTask');
    if (before !== undefined) moves.push(failed(before, exitCode, 'does not push'));
    if (after !== undefined && ended.destination !== world.destination) moves.push(failed(after, exitCode, what));
  }
  const refusing = withFault(world, 'refusingTask');
  if (refusing !== undefined) moves.push(failed(refusing, 13, 'pushes nothing'));
  if (run.reading !== undefined) moves.push(...outOfSight(world, index, run.reading, executions));
  return moves;
}

/** The answer to the start of a task is lost, so the state starts another. */
function startedTwice(world: World, index: number): Move[] {
  const stray = withFault(world, 'strayTask');
  if (stray === undefined) return [];
  const reading = { destination: world.destination };
  return [{ label: `a task of ${nameOf(index)} works unknown to it`, world: withStray(stray, reading) }];
}

/** The state's time is over, and the task goes on. */
function outOfSight(world: World, index: number, reading: Reading, executions: Executions): Move[] {
  const run = world.runs[index] as Run;
  const stray = withFault(world, 'strayTask');
  if (stray === undefined) return [];
  const state = executions.stateOf(run) as TaskState;
  const outcome = state.fail(executions.dataOf(run), { Error: 'States.Timeout', Cause: '' }, true);
  if (outcome === 'again') throw new Error(`${state.name} waits again`);
  return [executions.follow(withStray(stray, reading), index, outcome, ' waits no more for its task, which goes on')];
}

/** The moves of tasks that nobody waits for. */
export function strayMoves(world: World, habits: TaskHabits): Move[] {
  return world.strays.map((stray, index): Move => {
    const { what, reading, pushed } = act(world, stray, habits);
    const others = { ...world, strays: world.strays.toSpliced(index, 1) };
    const label = `a task that nobody waits for ${what}`;
    if (reading !== undefined) return { label, world: withStray(others, reading) };
    return { label, world: { ...others, destination: pushed?.destination ?? world.destination } };
  });
}

/** In one order, so that worlds which differ in nothing else are one. */
export function withStray(world: World, reading: Reading): World {
  const order = (one: Reading): number => one.destination * 100 + (one.source ?? -1);
  return { ...world, strays: [...world.strays, reading].sort((a, b) => order(a) - order(b)) };
}

/** As Step Functions describes a task whose container ended so. */
function failureOf(exitCode: number): { Error: string; Cause: string } {
  const task = { Containers: [{ ExitCode: exitCode, Name: 'replicate' }], StopCode: 'EssentialContainerExited' };
  return { Error: 'States.TaskFailed', Cause: JSON.stringify(task) };
}
