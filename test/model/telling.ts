import type { Json } from './json.ts';
import { find, parsePath } from './paths.ts';
import { nameOf, type Run, type World, withRun } from './world.ts';

/** The state that writes down what people were told. */
export const REMEMBERING = 'RememberTold';

const FORGIVEN = 99;
const VERDICT = parsePath('$.outcome.verdict');

/** People are told the verdict in the data of an execution. The same twice is a nuisance, and soon nobody reads it. */
export function tell(world: World, index: number, data: Json): { world: World; broken?: string } {
  const verdict = String(find(data, VERDICT));
  const told = withRun({ ...world, told: verdict }, index, { ...(world.runs[index] as Run), unremembered: true });
  if (world.excuses === FORGIVEN) return { world: told };
  if (verdict !== world.told) return { world: { ...told, excuses: 0 } };
  if (world.excuses > 0) return { world: { ...told, excuses: world.excuses - 1 } };
  return { world: told, broken: `${nameOf(index)} tells people a second time that the replica is ${verdict}` };
}

/** Two executions work for the replica, because Step Functions did not know the first: both tell what they find. */
export const forgiven = (world: World): World => ({ ...world, excuses: FORGIVEN });

/** An execution that told people can never write that down now: the next may tell them once more. */
export function excuse(world: World, index: number): World {
  return (world.runs[index] as Run).unremembered && world.excuses !== FORGIVEN
    ? { ...world, excuses: world.excuses + 1 }
    : world;
}
