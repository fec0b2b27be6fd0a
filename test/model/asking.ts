import type { TaskState } from './asl.ts';
import { readInput } from './comparison.ts';
import type { Executions, Move } from './executions.ts';
import type { Failure } from './failures.ts';
import type { JsonObject } from './json.ts';
import { forgiven, tell } from './telling.ts';
import { type Faults, nameOf, type Run, runNamed, type Status, type World, withFault, withRun } from './world.ts';

/** `read-input` is asked. */
export function askInput(world: World, index: number, executions: Executions): Move[] {
  const { state, data, context, parameters } = question(world, index, executions);
  const { input } = parameters['Payload'] as { input: JsonObject };
  return [executions.follow(world, index, state.succeed(data, { Payload: readInput(input) }, context))];
}

const MUTED: Failure = { Error: 'Ccrepl.Internal', Cause: 'no message was sent' };

/** People are told by the alert function. */
export function askAlert(world: World, index: number, executions: Executions): Move[] {
  return [tellPeople(world, index, executions), ...exhausted(world, index, executions, 'mutedAlert', MUTED)];
}

/** People are told by the plain message, behind which nothing stands. */
export function askTopic(world: World, index: number, executions: Executions): Move[] {
  const muted = withRun(world, index, { ...(world.runs[index] as Run), muted: true });
  return [tellPeople(world, index, executions), ...exhausted(muted, index, executions, 'mutedAlert', MUTED)];
}

function tellPeople(world: World, index: number, executions: Executions): Move {
  const { state, data, context } = question(world, index, executions);
  const told = tell(world, index, data);
  const sent = executions.follow(told.world, index, state.succeed(data, {}, context), ' tells people');
  return { ...sent, broken: told.broken ?? sent.broken };
}

/** Step Functions is asked whether the holder of the lease lives. */
export function askForHolder(world: World, index: number, executions: Executions): Move[] {
  const { state, data, context, parameters } = question(world, index, executions);
  const holder = runNamed(String(parameters['ExecutionArn']));
  const status = world.runs[holder]?.status;
  if (status === undefined) throw new Error(`${state.name} asks for ${parameters['ExecutionArn']}`);
  const answered = (from: World, answer: Status): Move => {
    const asked = withRun(from, index, { ...(from.runs[index] as Run), answer });
    return executions.follow(
      asked,
      index,
      state.succeed(data, { Status: answer }, context),
      `: ${nameOf(holder)} is ${answer}`,
    );
  };
  const moves = [answered(world, status)];
  const stale = withFault(world, 'staleAnswer');
  if (stale !== undefined && status === 'ABORTED') moves.push(answered(stale, 'RUNNING'));
  const failure = { Error: 'Sfn.ExecutionDoesNotExistException', Cause: 'Execution does not exist' };
  if (status === 'RUNNING') moves.push(...exhausted(forgiven(world), index, executions, 'hiddenExecution', failure));
  return moves;
}

/** Another execution is started. */
export function askForSuccessor(world: World, index: number, executions: Executions): Move[] {
  const { state, data, context, parameters } = question(world, index, executions);
  const started = { ...world, runs: [...world.runs, executions.started(parameters['Input'] as JsonObject)] };
  const detail = `: ${nameOf(world.runs.length)}`;
  const moves = [executions.follow(started, index, state.succeed(data, {}, context), detail)];
  const lost = withFault(started, 'lostAnswer');
  if (lost !== undefined)
    moves.push({ label: `${nameOf(index)} ${state.name}${detail}, and its answer is lost`, world: lost });
  return moves;
}

function question(world: World, index: number, executions: Executions) {
  const run = world.runs[index] as Run;
  const state = executions.stateOf(run) as TaskState;
  const data = executions.dataOf(run);
  const context = { execution: nameOf(index) };
  return { state, data, context, parameters: state.parameters(data, context) as JsonObject };
}

/** The state has tried as often as it does. */
function exhausted(world: World, index: number, executions: Executions, fault: keyof Faults, failure: Failure): Move[] {
  const left = withFault(world, fault);
  if (left === undefined) return [];
  const { state, data } = question(world, index, executions);
  const outcome = state.fail(data, failure, true);
  return outcome === 'again' ? [] : [executions.follow(left, index, outcome, ` fails with ${failure.Error}`)];
}
