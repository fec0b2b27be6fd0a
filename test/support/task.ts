import type { ChildProcess } from 'node:child_process';
import { NODE_FLAGS } from '../../container/node-flags.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { type Ended, startProgram } from './program.ts';
import { theBundle } from './system.ts';
import type { TwoRegions } from './two-regions.ts';

/** Starts the container's real program for the pair of two regions, as the state machine does. */
export async function startTask(
  two: TwoRegions,
  task: object = {},
  env: Record<string, string> = {},
  program?: string,
): Promise<{ child: ChildProcess; ended: Promise<Ended> }> {
  return startProgram([...NODE_FLAGS, program ?? (await theBundle())], {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_ENDPOINT_URL: await two.apiOrigin(),
    CCREPL_GIT_ENDPOINTS: JSON.stringify({
      'ap-northeast-1': two.source.origin,
      'ap-northeast-3': two.destination.origin,
    }),
    CCREPL_REPLICA: JSON.stringify({ ...REPLICA, ...task }),
    ...env,
  });
}

/** Runs it to its end; gives its exit code and its result. */
export async function runTask(
  two: TwoRegions,
  task?: object,
  env?: Record<string, string>,
): Promise<{ code: number; result: Record<string, unknown>; stderr: string }> {
  const { code, stdout, stderr } = await (await startTask(two, task, env)).ended;
  return { code, result: JSON.parse(stdout || '{}') as Record<string, unknown>, stderr };
}
