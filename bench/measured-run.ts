import { REPLICA } from '../local/demonstration.ts';
import { tasksOf } from '../local/stepfunctions/facts.ts';
import { LocalSystem } from '../local/system.ts';
import { measuredProgram, type Usage } from './measured-program.ts';

/** What one replication came to, and what its task took. */
export interface MeasuredRun extends Usage {
  status: string | undefined;
  /** How many it took: one that died is followed by another. */
  tasks: number;
  packMB: number;
  seconds: number;
}

/** Runs the whole system on this machine; `fill` changes the source and sets everything off, as a user's push does. */
export async function measuredRun(
  scratch: string,
  fill: (system: LocalSystem, sourcePath: string) => Promise<void>,
): Promise<MeasuredRun> {
  const { program, usage } = await measuredProgram(scratch);
  const results: Record<string, unknown>[] = [];
  const system = await LocalSystem.start({
    replicas: [REPLICA],
    directory: scratch,
    bundle: program,
    firstPort: 0,
    onTaskResult: (_execution, result) => results.push(result),
  });
  const { region, repository } = REPLICA.source;
  await fill(system, system.region(region).store.path(repository));
  await system.idle();
  const execution = system.machine.executions.at(-1);
  await system.stop();
  return {
    status: execution?.status,
    tasks: execution === undefined ? 0 : tasksOf(execution),
    packMB: Math.round(results.reduce((sum, { packBytes }) => sum + Number(packBytes ?? 0), 0) / 1e6),
    seconds: results.reduce((sum, { ms }) => sum + Number(ms ?? 0) / 1000, 0),
    ...(await usage()),
  };
}
