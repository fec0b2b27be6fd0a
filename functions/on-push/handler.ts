import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { log } from '../log.ts';
import { loadSettings, requireEnv } from '../settings.ts';
import { type StartedRuns, startRuns } from './start.ts';

const client = new SFNClient({});
const settings = loadSettings(process.env);
const stateMachineArn = requireEnv(process.env, 'CCREPL_STATE_MACHINE_ARN');

/** The target of CodeCommit's trigger. */
export async function handler(event: unknown, context: Context): Promise<StartedRuns> {
  const [, , , region = '', account = ''] = context.invokedFunctionArn.split(':');
  const runs = await startRuns(event, { region, account, stateMachineArn }, settings, client);
  for (const reason of runs.ignored) log('warn', 'ignored', { reason });
  log('info', 'push', { started: runs.started, duplicates: runs.duplicates });
  return runs;
}
