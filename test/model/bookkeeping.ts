import type { Outcome, TaskState } from './asl.ts';
import type { Executions, Move } from './executions.ts';
import type { Failure } from './failures.ts';
import type { JsonObject, Pool } from './json.ts';
import { type Table, updateItem } from './table.ts';
import { excuse, REMEMBERING } from './telling.ts';
import { nameOf, type Run, type World, withFault, withRun } from './world.ts';

const CONDITION: Failure = {
  Error: 'DynamoDB.ConditionalCheckFailedException',
  Cause: 'The conditional request failed',
};
const NO_ANSWER: Failure = { Error: 'States.Timeout', Cause: 'no answer' };

/** The moves of an execution in a state that writes to the table. */
export function bookkeep(world: World, index: number, executions: Executions, tables: Pool): Move[] {
  const run = world.runs[index] as Run;
  const state = executions.stateOf(run) as TaskState;
  const detail = `table ${world.table}`;
  const { table, outcome } = executions.recall(world, index, detail, () => write(world, index, executions, tables));
  const moves: Move[] = [];
  const outage = withFault(world, 'outage');
  if (outage !== undefined) {
    const forgetful = state.name === REMEMBERING ? excuse(outage, index) : outage;
    moves.push(failing(forgetful, index, executions, ', but the table is away'));
  }
  if (table === undefined) return [...moves, executions.follow(world, index, outcome, ' is refused')];
  const written = { ...world, table };
  const remembered = state.name === REMEMBERING ? { ...run, unremembered: false } : run;
  moves.push(executions.follow(withRun(written, index, remembered), index, outcome));
  // A write that changed nothing can be done twice and nobody sees it.
  if (table === world.table) return moves;
  const lost = withFault(written, 'lostAnswer');
  if (lost !== undefined && state.fail(executions.dataOf(run), NO_ANSWER, false) === 'again')
    moves.push({ label: `${nameOf(index)} ${state.name}, and its answer is lost`, world: lost });
  const away = withFault(written, 'outage');
  if (away !== undefined) moves.push(failing(away, index, executions, ', and then the table is away'));
  return moves;
}

/** The table afterwards, or undefined if the condition does not hold; and where the state leads. */
function write(
  world: World,
  index: number,
  executions: Executions,
  tables: Pool,
): { table?: number; outcome: Outcome } {
  const run = world.runs[index] as Run;
  const state = executions.stateOf(run) as TaskState;
  const data = executions.dataOf(run);
  const context = { execution: nameOf(index) };
  const answer = updateItem(tables.value(world.table) as Table, state.parameters(data, context) as JsonObject);
  if (!answer.refused)
    return { table: tables.id(answer.table), outcome: state.succeed(data, answer.response, context) };
  const outcome = state.fail(data, CONDITION, false);
  if (outcome === 'again') throw new Error(`${state.name} tries again what was refused`);
  return { outcome };
}

function failing(world: World, index: number, executions: Executions, detail: string): Move {
  const run = world.runs[index] as Run;
  const state = executions.stateOf(run) as TaskState;
  const outcome = state.fail(executions.dataOf(run), NO_ANSWER, true);
  if (outcome === 'again') throw new Error(`${state.name} tries for ever`);
  return executions.follow(world, index, outcome, detail);
}
