import type { Context } from 'aws-lambda';
import { loadSettings, requireEnv } from '../settings.ts';
import { stepFunctions } from './client.ts';
import { report, throwIfFailed } from './report.ts';
import { type StartedRuns, startRuns } from './start.ts';

const client = stepFunctions();
const settings = loadSettings(process.env);
const stateMachineArn = requireEnv(process.env, 'CCREPL_STATE_MACHINE_ARN');

/** The target of CodeCommit's trigger. */
export async function handler(event: unknown, context: Context): Promise<StartedRuns> {
  const [, , , , account = ''] = context.invokedFunctionArn.split(':');
  const runs = await startRuns(event, { account, stateMachineArn }, settings, client);
  report(runs);
  throwIfFailed(runs);
  return runs;
}
