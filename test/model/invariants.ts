import type { Move } from './executions.ts';
import type { JsonObject } from './json.ts';
import { KEY, type Model } from './moves.ts';
import { type Faults, isAtRest, NO_FAULTS, type World } from './world.ts';

/** What a step must not do. */
export function brokenByStep(before: World, { world, broken }: Move): string | undefined {
  if (broken !== undefined) return broken;
  if (world.destination < before.destination)
    return `the destination moves back from version ${before.destination} to ${world.destination}`;
  if (world.destination > world.source) return `the destination is ahead, at version ${world.destination}`;
  return undefined;
}

/** What must never be. */
export function brokenNow(world: World, model: Model): string | undefined {
  const used = faultsUsed(world, model);
  const tasks = model.tasksOf(world);
  if (tasks > 1 && !used.has('hiddenExecution')) return `${tasks} executions run a task at the same time`;
  if (tasks + world.strays.length > 1 && !['crash', 'strayTask', 'hiddenExecution'].some((fault) => used.has(fault)))
    return `${tasks + world.strays.length} tasks work at the same time`;
  return isAtRest(world) ? (brokenAtRest(world, model) ?? brokenAfterSweep(world, model)) : undefined;
}

/** After these an execution may end without its work done, and a push waits for the next push or the sweep. */
const DISRUPTIVE = ['crash', 'outage', 'staleAnswer', 'hiddenExecution', 'refusingTask', 'strayTask', 'unreadable'];

function brokenAtRest(world: World, model: Model): string | undefined {
  const used = faultsUsed(world, model);
  const record = recordOf(world, model);
  const recorded = verdictIn(record);
  if (recorded === 'in-sync' && world.destination < world.source && !LOSING.some((fault) => used.has(fault)))
    return `the record says in-sync, and the destination is at version ${world.destination} of ${world.source}`;
  if (!KEEPING.some((fault) => used.has(fault))) {
    for (const mark of ['holder', 'heldSince', 'pending', 'waiting'])
      if (mark in record) return `all is at rest, and the record has still a ${mark}`;
  }
  if (DISRUPTIVE.some((fault) => used.has(fault))) return undefined;
  if (world.destination < world.source)
    return `a push is lost: all is at rest, and the destination is at version ${world.destination} of ${world.source}`;
  if (world.seen < world.source) return `a push is lost: no comparison has seen version ${world.source}`;
  if (world.source === 0) return undefined;
  if (recorded !== 'in-sync' || 'wantedSince' in record || 'driftedSince' in record)
    return `all is at rest and well, and the record says ${JSON.stringify(record)}`;
  return undefined;
}

/** Whatever happened: the next sweep finds it, and puts it right. */
function brokenAfterSweep(world: World, model: Model): string | undefined {
  const sweep = world.runs.length;
  let now: World = model.withStarted({ ...world, faults: NO_FAULTS }, 'sweep');
  const words: string[] = [];
  while (!isAtRest(now)) {
    // People could still push; what is asked here is whether the sweep needs them to.
    const [move, ...others] = model.moves(now).filter(({ world: { source } }) => source === now.source);
    if (move === undefined || others.length > 0) throw new Error('a sweep alone has one way to go');
    if (words.push(move.label) > SWEEP_STEPS_MAX) return `a sweep afterwards never ends: ${words.join(', ')}`;
    const broken = brokenByStep(now, move);
    if (broken !== undefined) return `in a sweep afterwards ${broken}: ${words.join(', ')}`;
    now = move.world;
  }
  const { status } = now.runs[sweep] as World['runs'][number];
  const record = recordOf(now, model);
  const well =
    status === 'SUCCEEDED' &&
    now.destination === now.source &&
    !('holder' in record || 'pending' in record) &&
    verdictIn(record) === 'in-sync';
  return well
    ? undefined
    : `a sweep afterwards has ${status}, the destination is at version ${now.destination} of ${now.source}, and the record says ${JSON.stringify(record)}: ${words.join(', ')}`;
}

const SWEEP_STEPS_MAX = 100;

/** After these the last that was recorded may be old: nobody has looked since. */
const LOSING = ['crash', 'outage', 'staleAnswer', 'hiddenExecution'];
/** After these a lease may be held by an execution that has ended. */
const KEEPING = ['crash', 'outage', 'staleAnswer', 'hiddenExecution'];

const recordOf = (world: World, model: Model): JsonObject => model.tableOf(world)[KEY] ?? {};

const verdictIn = (record: JsonObject): string | undefined => (record['verdict'] as { S: string } | undefined)?.S;

function faultsUsed({ faults }: World, model: Model): Set<string> {
  const allowed: Faults = { ...NO_FAULTS, ...model.scenario.faults };
  return new Set(
    Object.entries(allowed).flatMap(([name, most]) => (faults[name as keyof Faults] < most ? [name] : [])),
  );
}
