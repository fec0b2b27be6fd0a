import type { ComparisonQuestion } from '../../replication/contract.ts';
import type { TaskState } from './asl.ts';
import { compare } from './comparison.ts';
import type { Executions, Move } from './executions.ts';
import type { Json, JsonObject } from './json.ts';
import { nameOf, type Run, type World, withFault, withRun } from './world.ts';

const ACCESS_DENIED = { Error: 'Ccrepl.Auth', Cause: 'access was denied' };

/** The moves of an execution that compares: the destination is read in one step, the source in another. */
export function compareBoth(world: World, index: number, executions: Executions): Move[] {
  const run = world.runs[index] as Run;
  const state = executions.stateOf(run) as TaskState;
  const data = executions.dataOf(run);
  if (run.reading === undefined) {
    const reading = { destination: world.destination };
    const moves = [
      {
        label: `${nameOf(index)} ${state.name} reads the destination`,
        world: withRun(world, index, { ...run, reading }),
      },
    ];
    const unreadable = withFault(world, 'unreadable');
    if (unreadable === undefined) return moves;
    const outcome = state.fail(data, ACCESS_DENIED, false);
    if (outcome === 'again') throw new Error(`${state.name} tries again where access was denied`);
    return [...moves, executions.follow(unreadable, index, outcome, ' is denied access')];
  }
  const { destination } = run.reading;
  const { source } = world;
  const { verdict, outcome } = executions.recall(world, index, `${destination},${source}`, () => {
    const context = { execution: nameOf(index) };
    const { Payload } = state.parameters(data, context) as JsonObject;
    const result = compare(Payload as unknown as ComparisonQuestion, destination, source);
    const answer = { Payload: result as unknown as Json };
    return { verdict: result.verdict, outcome: state.succeed(data, answer, context) };
  });
  const seen = { ...world, seen: Math.max(world.seen, source) };
  return [executions.follow(seen, index, outcome, ` reads the source: ${verdict}`)];
}
