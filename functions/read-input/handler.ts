import type { InputQuestion, Run, SweepList } from '../../replication/contract.ts';
import { readInput } from '../../replication/input.ts';
import { withErrorNames } from '../failure.ts';
import { loadSettings, requireEnv } from '../settings.ts';

const settings = loadSettings(process.env);
const sweepArn = requireEnv(process.env, 'CCREPL_SWEEP_STATE_MACHINE_ARN');

/** The first state of both state machines: says what an execution is to do, or what is wrong with its input. */
export const handler = (question: InputQuestion): Promise<Run | SweepList> =>
  withErrorNames(async () => readInput(question, { settings, sweepArn, now: new Date() }));
